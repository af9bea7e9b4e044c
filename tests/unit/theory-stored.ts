/** Stored rows for the tests of theory, short ways to ask it, and an oracle that knows nothing of it: all minibatches. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { optimizerOf, type OptimizerId } from '../../src/optimizers/registry';
import type { Hyper } from '../../src/optimizers/types';
import type { LeastSquares } from '../../src/problems/types';
import { exactTheory, type TheoryRun } from '../../src/theory/advice';
import { isComplete, type DiagonalMoments, type SpectralConstants } from '../../src/theory/spectral';
import { storedConstants, type StoredRows } from '../../src/theory/stored-constants';
import { randomSource } from './theory-dense';

export function store(features: ArrayLike<number>, dimension: number, targets?: ArrayLike<number>): StoredRows {
  const count = features.length / dimension;
  return {
    kind: 'stored',
    count,
    features: Float32Array.from(features),
    targets: targets ? Float32Array.from(targets) : new Float32Array(count),
  };
}

export function storedProblem(rows: StoredRows): LeastSquares {
  const dimension = rows.features.length / rows.count;
  const realizable = rows.targets.every((y) => y === 0);
  const start = Float64Array.from({ length: dimension }, (_, j) => 1 - 0.4 * j);
  return { family: 'least-squares', dimension, coordinates: realizable ? 'error' : 'weights', start, rows };
}

/** Standard normal numbers, seeded. */
export function normalSource(seed: number): () => number {
  const random = randomSource(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function randomRows(count: number, dimension: number, seed: number, noise: number): StoredRows {
  const normal = normalSource(seed);
  const features = Float64Array.from({ length: count * dimension }, (_, i) => normal() / (1 + (i % dimension)));
  return store(
    features,
    dimension,
    Float64Array.from({ length: count }, () => noise * (1 + normal())),
  );
}

/** Exact constants of stored rows. */
export async function constantsOf(rows: StoredRows): Promise<SpectralConstants> {
  const constants = await storedConstants(rows, { exact: true });
  if (!isComplete(constants)) throw new Error('not exact');
  return constants;
}

/** Exact spectral radius of a run. */
export async function radiusOf(
  problem: LeastSquares,
  optimizer: OptimizerId,
  hyper: Hyper,
  batch: number,
): Promise<number> {
  const theory = await exactTheory(problem, 'replacement');
  return (await theory!.spectralRadius({ optimizer, hyper, batch }))!;
}

/** Exact expected losses of a run. */
export async function lossesOf(problem: LeastSquares, run: TheoryRun, steps: readonly number[]): Promise<Float64Array> {
  return (await (await exactTheory(problem, 'replacement'))!.expectedLoss(run, steps))!;
}

/** Rows √(dλ_j) e_j: every direction on its own, E x_j⁴ = dλ_j², as in a stream with other fourth moments. */
export function orthogonalDesign(lambda: readonly number[]): { problem: LeastSquares; moments: DiagonalMoments } {
  const d = lambda.length;
  const features = new Float32Array(d * d);
  lambda.forEach((l, j) => (features[j * d + j] = Math.sqrt(d * l)));
  const rounded = Float64Array.from(lambda, (_, j) => features[j * d + j]! ** 2 / d);
  return {
    problem: storedProblem(store(features, d)),
    moments: { lambda: rounded, ownNoise: d - 1, sharedNoise: 0 },
  };
}

/** One step of an optimizer on given rows, as a matrix on (all slots, 1), found by stepping the unit vectors. */
function stepMatrix(problem: LeastSquares, optimizer: OptimizerId, hyper: Hyper, batch: readonly number[]): Matrix {
  const { dimension: d, rows } = problem;
  if (rows.kind !== 'stored') throw new Error('not stored');
  const definition = optimizerOf(optimizer);
  const size = d * definition.slots.length + 1;
  const matrix = Matrix.zeros(size, size);
  const image = (state: Float64Array): Float64Array => {
    const slots = definition.slots.map((_, k) => state.slice(k * d, (k + 1) * d));
    const gradient = new Float64Array(d);
    for (const i of batch) {
      const x = rows.features.subarray(i * d, (i + 1) * d);
      const residual = x.reduce((sum, value, j) => sum + value * slots[0]![j]!, 0) - rows.targets[i]!;
      x.forEach((value, j) => (gradient[j]! += (residual * value) / batch.length));
    }
    definition.step(slots, gradient, definition.coefficients(hyper));
    return Float64Array.from(slots.flatMap((slot) => [...slot]));
  };
  const constant = image(new Float64Array(size - 1));
  for (let c = 0; c < size - 1; c++) {
    const unit = new Float64Array(size - 1);
    unit[c] = 1;
    image(unit).forEach((value, r) => matrix.set(r, c, value - constant[r]!));
  }
  constant.forEach((value, r) => matrix.set(r, size - 1, value));
  matrix.set(size - 1, size - 1, 1);
  return matrix;
}

/** The step matrices of all n^m equally likely minibatches. */
function allSteps(problem: LeastSquares, optimizer: OptimizerId, hyper: Hyper, m: number): Matrix[] {
  const n = problem.rows.kind === 'stored' ? problem.rows.count : 0;
  return Array.from({ length: n ** m }, (_, code) =>
    stepMatrix(
      problem,
      optimizer,
      hyper,
      Array.from({ length: m }, (_, place) => Math.floor(code / n ** place) % n),
    ),
  );
}

/** E f(w) at steps 0 … `steps`, over all minibatches. */
export function enumeratedLoss(
  problem: LeastSquares,
  optimizer: OptimizerId,
  hyper: Hyper,
  batch: number,
  steps: number,
): number[] {
  const { dimension: d, rows, start } = problem;
  if (rows.kind !== 'stored') throw new Error('not stored');
  const definition = optimizerOf(optimizer);
  const matrices = allSteps(problem, optimizer, hyper, batch);
  const state = definition.start.flatMap((from) => (from === 'weights' ? [...start] : new Array<number>(d).fill(0)));
  const column = Matrix.columnVector([...state, 1]);
  let moment = column.mmul(column.transpose());
  const losses: number[] = [];
  for (let t = 0; ; t++) {
    let loss = 0;
    for (let i = 0; i < rows.count; i++) {
      const form = Matrix.zeros(1, state.length + 1);
      for (let j = 0; j < d; j++) form.set(0, definition.iterate * d + j, rows.features[i * d + j]!);
      form.set(0, state.length, -rows.targets[i]!);
      loss += form.mmul(moment).mmul(form.transpose()).get(0, 0) / (2 * rows.count);
    }
    losses.push(loss);
    if (t === steps) return losses;
    let next = Matrix.zeros(moment.rows, moment.columns);
    for (const matrix of matrices) next = next.add(matrix.mmul(moment).mmul(matrix.transpose()));
    moment = next.div(matrices.length);
  }
}

/** Largest eigenvalue modulus of the mean of A ⊗ A over all minibatches, A without the constant part. */
export function enumeratedRadius(problem: LeastSquares, optimizer: OptimizerId, hyper: Hyper, batch: number): number {
  const matrices = allSteps(problem, optimizer, hyper, batch);
  const size = matrices[0]!.rows - 1;
  let sum = Matrix.zeros(size * size, size * size);
  for (const matrix of matrices) {
    const linear = matrix.subMatrix(0, size - 1, 0, size - 1);
    sum = sum.add(linear.kroneckerProduct(linear));
  }
  const { realEigenvalues: re, imaginaryEigenvalues: im } = new EigenvalueDecomposition(sum.div(matrices.length));
  return Math.max(...re.map((x, k) => Math.hypot(x, im[k]!)));
}
