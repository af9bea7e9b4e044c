/** Stored rows for the tests of theory, and oracles that know nothing of it: all minibatches, or many random ones. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { optimizerOf, type OptimizerId } from '../../src/optimizers/registry';
import type { Hyper } from '../../src/optimizers/types';
import type { LeastSquares } from '../../src/problems/types';
import type { StoredRows } from '../../src/theory/stored-constants';
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

/** Losses at w of `lanes` independent float64 runs, drawing with replacement, at the given steps: one array per step. */
export function simulate(
  problem: LeastSquares,
  optimizer: OptimizerId,
  hyper: Hyper,
  batch: number,
  steps: readonly number[],
  lanes: number,
): Float64Array[] {
  const { dimension: d, rows, start } = problem;
  if (rows.kind !== 'stored') throw new Error('not stored');
  const { count, features, targets } = rows;
  const definition = optimizerOf(optimizer);
  const coefficients = definition.coefficients(hyper);
  const random = randomSource(77);
  const losses = steps.map(() => new Float64Array(lanes));
  const gradient = new Float64Array(d);
  const residual = (i: number, w: Float64Array): number => {
    let sum = -targets[i]!;
    for (let j = 0; j < d; j++) sum += features[i * d + j]! * w[j]!;
    return sum;
  };
  for (let lane = 0; lane < lanes; lane++) {
    const slots = definition.start.map((from) => (from === 'weights' ? start.slice() : new Float64Array(d)));
    for (let t = 1, k = 0; k < steps.length; t++) {
      gradient.fill(0);
      for (let b = 0; b < batch; b++) {
        const i = Math.floor(random() * count);
        const r = residual(i, slots[0]!) / batch;
        for (let j = 0; j < d; j++) gradient[j]! += r * features[i * d + j]!;
      }
      definition.step(slots, gradient, coefficients);
      if (t !== steps[k]) continue;
      let sum = 0;
      for (let i = 0; i < count; i++) sum += residual(i, slots[definition.iterate]!) ** 2;
      losses[k++]![lane] = sum / (2 * count);
    }
  }
  return losses;
}
