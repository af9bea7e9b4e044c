/** Kernel regression in float64: values of kernels, the gradient in the Hilbert space, and what theory makes of it. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { smoothCurve } from '../../src/data/curve';
import { digitSet } from '../../src/data/digits/digits';
import { drawnOrder } from '../../src/data/order';
import { CpuBackend } from '../../src/engine/cpu/cpu-backend';
import { directionsOf, whyNoDirections } from '../../src/engine/directions';
import { optimizerIds } from '../../src/optimizers/registry';
import { kernelInputs, KernelMatrix, kernelRow, type KernelConfig } from '../../src/problems/kernel';
import { kernelRegression } from '../../src/problems/kernel-regression';
import { LeastSquaresReference } from '../../src/problems/least-squares';
import type { KernelSource, LeastSquares } from '../../src/problems/types';
import { exactTheory, objectiveConstants } from '../../src/theory/advice';
import { exactForm } from '../../src/theory/kernel-rows';
import { atOnce } from '../../src/theory/slices';
import { everyOptimizer, kernelProblem, sequence } from '../support/problems';

const laplacian = { kind: 'laplacian', bandwidth: 0.7 } as const;
const gaussian = { kind: 'gaussian', bandwidth: 0.9 } as const;
const cubic = { kind: 'polynomial', degree: 3, offset: 0.5 } as const;

function rowsOf({ rows }: LeastSquares): KernelSource {
  if (rows.kind !== 'kernel') throw new Error('no kernel');
  return rows;
}

/** K, row by row. */
function matrixOf(objective: LeastSquares): Float64Array[] {
  const matrix = new KernelMatrix(rowsOf(objective));
  return Array.from({ length: objective.dimension }, (_, i) => matrix.row(i).slice());
}

describe('values', () => {
  const x = [
    [0.3, -1.2],
    [2, 0.5],
    [0, 0],
  ] as const;
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, v, k) => sum + v * b[k]!, 0);
  const distance = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((v, k) => v - b[k]!));
  const polynomial = (a: readonly number[], b: readonly number[]) => (dot(a, b) + 0.5) ** 3;

  it.each<[string, KernelConfig, (a: readonly number[], b: readonly number[]) => number]>([
    ['Gaussian', gaussian, (a, b) => Math.exp(-(distance(a, b) ** 2) / (2 * 0.9 ** 2))],
    ['Laplacian', laplacian, (a, b) => Math.exp(-distance(a, b) / 0.7)],
    ['polynomial', cubic, (a, b) => polynomial(a, b) / Math.sqrt(polynomial(a, a) * polynomial(b, b))],
  ])('%s', (_, config, expected) => {
    const inputs = kernelInputs(config, Float32Array.from(x.flat()), 3, 2);
    const row = new Float64Array(3);
    x.forEach((a, i) => {
      kernelRow(inputs, i, row);
      x.forEach((b, j) => {
        expect(row[j]).toBeCloseTo(expected(a, b), 6);
      });
      expect(row[i]).toBeCloseTo(1, 6);
    });
  });

  it('refuses rows that have no direction', () => {
    expect(() => kernelInputs(cubic, Float32Array.of(1, 3e38, 3e38, 3e38), 2, 2)).not.toThrow();
    expect(() => kernelInputs(cubic, Float32Array.of(1, Number.NaN), 2, 1)).toThrow('Row 2');
  });

  it('are kept while there is room, and worked out again when there is not', () => {
    const { rows } = kernelProblem(gaussian, 3000, 1);
    if (rows.kind !== 'kernel') throw new Error('no kernel');
    const matrix = new KernelMatrix(rows);
    const first = matrix.row(0).slice();
    for (let i = 0; i < 1500; i++) matrix.row(i);
    expect(matrix.row(0)).toEqual(first);
  });
});

describe('a configuration', () => {
  it('of digits tells the chosen one from the others', async () => {
    const config = kernelRegression.schema.parse({
      ...kernelRegression.default,
      kernel: { kind: 'gaussian', bandwidth: 5 },
      data: { kind: 'digits', rows: 40, digit: 7 },
    });
    const objective = await kernelRegression.prepare(config, { seed: 4, table: () => Promise.reject(new Error()) });
    const rows = rowsOf(objective);
    expect([rows.count, rows.width]).toEqual([40, 784]);
    // Which pictures are sevens: row i of the set is the digit i mod 10, in the drawn order here.
    const { features, classes } = digitSet(40, 4);
    drawnOrder(40, 4).forEach((from, i) => {
      expect(rows.targets[i]).toBe(classes[from] === 7 ? 1 : -1);
      expect(rows.inputs.subarray(784 * i, 784 * (i + 1))).toEqual(features.subarray(784 * from, 784 * (from + 1)));
    });
    expect(kernelRegression.title(config)).toContain('40 digits, 7 against the rest');
    for (const wrong of [{ rows: 9 }, { digit: 10 }, { digit: 1.5 }, { noise: 0 }])
      expect(kernelRegression.schema.safeParse({ ...config, data: { ...config.data, ...wrong } }).success).toBe(false);
  });

  it('of pictures in colour has more features than a linear regression may', async () => {
    const image = { width: 32, height: 32, channels: 3 };
    const table = {
      source: 'batch.bin',
      rows: 3,
      columns: [...Array.from({ length: 3072 }, (_, k) => `p${k}`), 'label'],
      values: Uint8Array.from({ length: 3 * 3073 }, (_, k) =>
        k % 3073 === 3072 ? Math.floor(k / 3073) : (7 * k) % 256,
      ),
      labelColumn: 'label',
      image,
    };
    const data = { kind: 'files' as const, files: ['batch.bin'], oneVersusRest: 1, scaling: 'unit' as const };
    const config = { ...kernelRegression.default, kernel: gaussian, data };
    const rows = rowsOf(await kernelRegression.prepare(config, { seed: 1, table: () => Promise.resolve(table) }));
    expect([rows.width, Math.max(...rows.inputs)]).toEqual([3072, 1]);
    expect([...rows.targets].toSorted()).toEqual([-1, -1, 1]);
  });

  const context = { seed: 3, table: () => Promise.reject(new Error('no table')) };

  it('prepares the same rows from the same seed, in a drawn order', async () => {
    const first = await kernelRegression.prepare(kernelRegression.default, context);
    expect(await kernelRegression.prepare(kernelRegression.default, context)).toEqual(first);
    const { inputs, targets, count, recorded } = rowsOf(first);
    expect([first.dimension, count, recorded]).toEqual([24, 24, 24]);
    expect([...inputs]).not.toEqual([...inputs].sort((a, b) => a - b));
    inputs.forEach((x, i) => {
      expect(targets[i]).toBeCloseTo(smoothCurve(x), 6);
    });
  });

  it('has both classes of points in the plane, and records some of many rows', async () => {
    const data = { kind: 'moons', rows: 2500, noise: 0.1 } as const;
    const { targets, width, recorded } = rowsOf(
      await kernelRegression.prepare({ ...kernelRegression.default, data, kernel: cubic }, context),
    );
    expect(width).toBe(3);
    expect(recorded).toBe(1024);
    const positive = targets.subarray(0, recorded).filter((y) => y === 1).length;
    expect(targets.every((y) => Math.abs(y) === 1)).toBe(true);
    expect(Math.abs(positive - recorded / 2)).toBeLessThan(80);
  });

  it('takes the first 10,000 rows of a larger file, and says that a file is missing', async () => {
    const data = { kind: 'files' as const, files: ['a.csv'], scaling: 'raw' as const };
    const values = Float32Array.from({ length: 24_000 }, (_, k) => k % 7);
    const table = () => Promise.resolve({ source: 'a.csv', columns: ['x', 'y'], rows: 12_000, values });
    const { dimension } = await kernelRegression.prepare({ ...kernelRegression.default, data }, { seed: 1, table });
    expect(dimension).toBe(10_000);
    expect(kernelRegression.files({ ...kernelRegression.default, data })).toEqual(['a.csv']);
    await expect(
      kernelRegression.prepare({ ...kernelRegression.default, data: { ...data, files: [] } }, context),
    ).rejects.toThrow('drop a file');
  });
});

describe.each<[string, LeastSquares]>([
  ['Gaussian', kernelProblem(gaussian, 17, 2)],
  ['Laplacian', kernelProblem(laplacian, 23, 3)],
  ['polynomial', kernelProblem(cubic, 14, 2)],
])('the reference, %s', (_, objective) => {
  const { targets, count: n } = rowsOf(objective);
  const matrix = matrixOf(objective);
  const loss = (alpha: Float64Array, chosen: readonly number[]) =>
    chosen.reduce((sum, i) => sum + (matrix[i]!.reduce((s, k, j) => s + k * alpha[j]!, 0) - targets[i]!) ** 2, 0) /
    (2 * chosen.length);
  const next = sequence(5);
  const alpha = Float64Array.from({ length: n }, next);

  it.each(['replacement', 'epochs'] as const)('its gradient is that of the Hilbert space: %s', (mode) => {
    const reference = new LeastSquaresReference(objective, { seed: 4, mode });
    const key = reference.key(2);
    const gradient = new Float64Array(n);
    reference.gradient(key, 6, 5, alpha, gradient);
    const chosen = Array.from({ length: 5 }, (_row, i) => reference.row(key, 6, i, 5));
    // ⟨g, β⟩ = gᵀKβ is the derivative of the minibatch's loss along β.
    for (let trial = 0; trial < 4; trial++) {
      const beta = Float64Array.from({ length: n }, next);
      const inner = gradient.reduce((sum, g, i) => sum + g * matrix[i]!.reduce((s, k, j) => s + k * beta[j]!, 0), 0);
      const moved = (t: number) =>
        loss(
          alpha.map((a, j) => a + t * beta[j]!),
          chosen,
        );
      expect(inner).toBeCloseTo((moved(1e-4) - moved(-1e-4)) / 2e-4, 6);
    }
  });

  it('its loss is the mean over the recorded rows', () => {
    const rows = { ...rowsOf(objective), recorded: 9 };
    const reference = new LeastSquaresReference({ ...objective, rows }, { seed: 4, mode: 'epochs' });
    expect(reference.loss(alpha)).toBeCloseTo(
      loss(
        alpha,
        Array.from({ length: 9 }, (_row, i) => i),
      ),
      10,
    );
  });
});

describe('the exact form', () => {
  it.each<[string, LeastSquares]>([
    ['Laplacian, full rank', kernelProblem(laplacian, 19, 2)],
    ['polynomial, small rank', kernelProblem({ ...cubic, degree: 2 }, 30, 2)],
  ])('takes the same steps for rules that are linear in the gradient: %s', async (_, objective) => {
    const form = (await exactForm(objective))!;
    const lanes = everyOptimizer(2, 3, 0.4);
    const losses = await Promise.all(
      [objective, form].map(async (one) => {
        const cohort = await new CpuBackend().cohort({
          objective: one,
          lanes,
          seed: 8,
          sampling: 'replacement',
          lossLimit: 1e30,
        });
        return cohort.execute([
          { from: 0, to: 0, record: true },
          { from: 0, to: 60, record: true },
        ]);
      }),
    );
    const [coefficients, stored] = losses;
    lanes.forEach(({ run }, k) => {
      const ratio = coefficients![lanes.length + k]! / stored![lanes.length + k]!;
      // Adam scales each coordinate: it is another method in another basis.
      if (run.optimizer === 'adam') expect(Math.abs(ratio - 1)).toBeGreaterThan(1e-3);
      else expect(ratio).toBeCloseTo(1, 4);
    });
    expect(optimizerIds).toContain('adam');
  });

  it('has the rank of the matrix, and is none of one that records some rows', async () => {
    // (1 + x)² in two variables: six monomials.
    const form = await exactForm(kernelProblem({ ...cubic, degree: 2 }, 40, 2));
    expect(form!.dimension).toBe(6);
    const many = kernelProblem(gaussian, 1030, 1);
    expect(await exactForm({ ...many, rows: { ...rowsOf(many), recorded: 1024 } })).toBeUndefined();
    const stored = (await exactForm(kernelProblem(laplacian, 5, 1)))!;
    expect(await exactForm(stored)).toBe(stored);
  });

  it('expects what the mean over lanes shows', async () => {
    const objective = kernelProblem(laplacian, 16, 1);
    const form = (await exactForm(objective))!;
    const run = { optimizer: 'mass', batch: 2, hyper: { eta: 0.8, alpha: 0.2, kappaTilde: 4 } } as const;
    const theory = (await exactTheory(form, 'replacement'))!;
    const expected = (await theory.expectedLoss(run, [0, 20]))!;
    const lanes = Array.from({ length: 3000 }, (_, seed) => ({ run, seed }));
    const options = { objective, lanes, seed: 2, sampling: 'replacement', lossLimit: 1e30 } as const;
    const losses = await (await new CpuBackend().cohort(options)).execute([{ from: 0, to: 20, record: true }]);
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / lanes.length;
    const error = Math.sqrt(losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0)) / lanes.length;
    expect(error / mean).toBeLessThan(0.03);
    expect(Math.abs(mean - expected[1]!)).toBeLessThan(4.5 * error);
    expect(expected[1]!).toBeLessThan(0.8 * expected[0]!);
  });
});

describe('constants', () => {
  it('of a matrix of full rank: the eigenvalues of K/n, L₁ = 1, κ̃ = n', async () => {
    const objective = kernelProblem(laplacian, 24, 2);
    const eigen = new EigenvalueDecomposition(new Matrix(matrixOf(objective).map((row) => [...row])));
    const values = eigen.realEigenvalues.map((value) => value / 24);
    const constants = await objectiveConstants(objective);
    expect(constants.L1).toBe(1);
    expect(constants.L1IsBound).toBe(false);
    expect(constants.kappaTilde).toBe(24);
    expect(constants.L / Math.max(...values)).toBeCloseTo(1, 6);
    expect(constants.mu! / Math.min(...values)).toBeCloseTo(1, 4);
  });

  it('of a matrix of small rank: κ̃ by its definition on the range of H', async () => {
    const objective = kernelProblem({ ...cubic, degree: 1 }, 12, 1);
    const constants = await objectiveConstants(objective);
    // Unit vectors in the plane: rank 2, whitened by hand.
    const { inputs } = rowsOf(objective);
    const x = Array.from({ length: 12 }, (_, i) => [inputs[2 * i]!, inputs[2 * i + 1]!]);
    const X = new Matrix(x);
    const eigen = new EigenvalueDecomposition(X.transpose().mmul(X).div(12));
    const V = eigen.eigenvectorMatrix;
    const C = X.mmul(V).mmul(Matrix.diag(eigen.realEigenvalues.map((value) => value ** -0.5)));
    const weighted = Matrix.zeros(2, 2);
    for (let i = 0; i < 12; i++) {
      const c = C.getRowVector(i);
      weighted.add(
        c
          .transpose()
          .mmul(c)
          .mul(c.norm() ** 2 / 12),
      );
    }
    expect(constants.kappaTilde).toBeCloseTo(Math.max(...new EigenvalueDecomposition(weighted).realEigenvalues), 4);
    expect(constants.kappaTilde!).toBeLessThan(12);
    expect(constants.L1).toBe(1);
  });

  it('of equal inputs: no more than of a smaller matrix', async () => {
    const objective = kernelProblem(laplacian, 10, 1);
    const rows = rowsOf(objective);
    rows.inputs.copyWithin(5, 0, 5);
    // Each of five inputs twice: H is that of five rows.
    expect((await objectiveConstants(objective)).kappaTilde).toBeCloseTo(5, 4);
  });

  it('of too large a rank: L from a sample, κ̃ = n where inputs differ', async () => {
    const objective = kernelProblem({ kind: 'laplacian', bandwidth: 0.5 }, 1200, 3);
    const { L, ...others } = await objectiveConstants(objective);
    expect(others).toEqual({ L1: 1, L1IsBound: false, kappaTilde: 1200 });
    const reference = matrixOf(objective);
    let v = new Float64Array(1200).fill(1);
    let value = 0;
    for (let k = 0; k < 30; k++) {
      const image = Float64Array.from(reference, (row) => row.reduce((sum, x, j) => sum + x * v[j]!, 0) / 1200);
      value = Math.hypot(...image);
      v = image.map((x) => x / value);
    }
    expect(Math.abs(L / value - 1)).toBeLessThan(0.05);
    rowsOf(objective).inputs.copyWithin(3, 0, 3);
    const twice = { ...objective, rows: { ...rowsOf(objective) } };
    expect((await objectiveConstants(twice)).kappaTilde).toBeUndefined();
  });
});

describe('eigen-directions', () => {
  it('split the excess loss', () => {
    const objective = kernelProblem(laplacian, 21, 2);
    const reference = new LeastSquaresReference(objective, { seed: 1, mode: 'replacement' });
    const { total, eigenvalues, project } = atOnce(directionsOf(objective));
    expect(total).toBe(21);
    const next = sequence(9);
    for (let trial = 0; trial < 3; trial++) {
      const alpha = Float64Array.from({ length: 21 }, next);
      const errors = new Float64Array(21);
      const excess = project(alpha, errors, 0);
      // A matrix of full rank fits every target.
      expect(excess / reference.loss(alpha)).toBeCloseTo(1, 9);
      expect(eigenvalues.reduce((sum, l, k) => sum + (l * errors[k]! ** 2) / 2, 0)).toBeCloseTo(excess, 9);
    }
    expect(whyNoDirections(kernelProblem(laplacian, 300, 1))).toContain('256 rows');
  });
});
