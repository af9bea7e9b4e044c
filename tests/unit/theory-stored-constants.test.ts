import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { objectiveConstants } from '../../src/theory/advice';
import { cholesky, invertLower, pivotedCholesky, pivotRows } from '../../src/theory/cholesky';
import { genericVector, largestEigenvalue, topOfTridiagonal } from '../../src/theory/lanczos';
import { addInnerProducts, dot, momentTimes, secondMoment } from '../../src/theory/products';
import { atOnce, inSlices, part, type Work } from '../../src/theory/slices';
import { isComplete, type SpectralConstants } from '../../src/theory/spectral';
import { storedConstants, type StoredRows } from '../../src/theory/stored-constants';
import { randomSource } from './theory-dense';
import { normalSource, randomRows, store, storedProblem } from './theory-stored';

async function exactly(rows: StoredRows): Promise<SpectralConstants> {
  const constants = await storedConstants(rows, { exact: true });
  if (!isComplete(constants)) throw new Error('not exact');
  return constants;
}

/** The constants by dense decompositions: whitening with the eigenvectors of H. */
function reference(rows: StoredRows): SpectralConstants & { rank: number } {
  const { count: n, features } = rows;
  const d = features.length / n;
  const x = new Matrix(Array.from({ length: n }, (_, i) => Array.from(features.subarray(i * d, (i + 1) * d))));
  const eigen = (m: Matrix) => new EigenvalueDecomposition(m, { assumeSymmetric: true });
  const { realEigenvalues: values, eigenvectorMatrix: vectors } = eigen(x.transpose().mmul(x).div(n));
  const L = Math.max(...values);
  const range = values.flatMap((value, k) => (value > 1e-12 * L ? [k] : []));
  const z = x.mmul(vectors.subMatrixColumn(range));
  range.forEach((k, column) => z.mulColumn(column, 1 / Math.sqrt(values[k]!)));
  const top = (of: Matrix): number => {
    const weighted = z.clone();
    for (let i = 0; i < n; i++) weighted.mulRow(i, of.getRow(i).reduce((sum, value) => sum + value * value, 0) / n);
    return Math.max(...eigen(weighted.transpose().mmul(z)).realEigenvalues);
  };
  return { L, mu: Math.min(...range.map((k) => values[k]!)), L1: top(x), kappaTilde: top(z), rank: range.length };
}

describe('exact constants of stored rows', () => {
  const random = randomSource(5);
  const oneHot = Array.from({ length: 150 }, () => {
    const k = Math.floor(random() * 5);
    return [1, ...[0, 1, 2, 3, 4].map((j) => (j === k ? 1 : 0)), random() / 50];
  });
  // Standardised columns of which most are rarely lit, some always dark and two lit by one row alone: like images.
  const images = (() => {
    const [n, d] = [300, 60];
    const raw = Array.from({ length: n }, (_, i) => {
      const centre = random() * d;
      return Array.from({ length: d }, (__, j) => {
        if (i === 7 && (j === 0 || j === 3)) return 4 + j;
        return j % 3 === 0 || Math.abs(j - centre) > 6 ? 0 : Math.round(255 * random());
      });
    });
    const columns = raw[0]!.map((_, j) => {
      const column = raw.map((row) => row[j]!);
      const mean = column.reduce((a, b) => a + b, 0) / n;
      const deviation = Math.sqrt(column.reduce((a, b) => a + (b - mean) ** 2, 0) / n);
      return column.map((value) => (deviation > 0 ? (value - mean) / deviation : 0));
    });
    return raw.flatMap((_, i) => columns.map((column) => column[i]!));
  })();
  const graded = (() => {
    const normal = normalSource(4);
    return Float64Array.from({ length: 200 * 12 }, (_, i) => normal() * 10 ** ((-4 * (i % 12)) / 11));
  })();
  const cases: [string, StoredRows, number][] = [
    ['random', randomRows(300, 20, 1, 0), 1e-11],
    ['fewer rows than dimensions', randomRows(9, 30, 2, 0), 1e-10],
    ['linear dependence', store(oneHot.flat(), 7), 1e-8],
    ['standardised images', store(images, 60), 1e-10],
    ['a condition number of 1e8', store(graded, 12), 1e-7],
  ];
  it.each(cases)('%s: as by dense decompositions', async (_, rows, tolerance) => {
    const value = await exactly(rows);
    const expected = reference(rows);
    for (const key of ['L', 'mu', 'L1', 'kappaTilde'] as const)
      expect(Math.abs(value[key] / expected[key] - 1), key).toBeLessThan(tolerance);
  });

  it('n independent rows: L₁ = max ‖x‖², κ̃ = n, by products with the rows alone', async () => {
    const [n, d] = [330, 340];
    const normal = normalSource(9);
    const features = Float64Array.from({ length: n * d }, (_, i) => normal() * (1 + Math.floor(i / d) / n));
    const rows = store(features, d);
    const lengths = Array.from({ length: n }, (_, i) =>
      rows.features.subarray(i * d, (i + 1) * d).reduce((sum, x) => sum + x * x, 0),
    );
    const { L1, kappaTilde } = await exactly(rows);
    expect(L1 / Math.max(...lengths)).toBeCloseTo(1, 8);
    expect(kappaTilde / n).toBeCloseTo(1, 8);
  });

  it('an ill-conditioned kernel matrix has κ̃ = n; a smooth one, without full rank, less', async () => {
    const points = Array.from({ length: 50 }, () => [random(), random()] as const);
    const kernel = (width: number) =>
      store(
        points.flatMap(([x, y]) => points.map(([u, v]) => Math.exp(-((x - u) ** 2 + (y - v) ** 2) / width ** 2))),
        50,
      );
    const sharp = await exactly(kernel(0.13));
    expect(sharp.L / sharp.mu).toBeGreaterThan(1e6);
    expect(sharp.kappaTilde / 50).toBeCloseTo(1, 8);
    const smooth = await exactly(kernel(3));
    expect(smooth.L / smooth.mu).toBeLessThanOrEqual(1.01e12);
    expect(smooth.kappaTilde).toBeGreaterThan(3);
    expect(smooth.kappaTilde).toBeLessThan(50.001);
  });

  it('are given on demand where they take long, with progress, and stop on abort', async () => {
    const rows = randomRows(700, 160, 3, 0);
    const quick = await storedConstants(rows, { exactWork: 1e6 });
    expect(quick.L1IsBound).toBe(true);
    expect(isComplete(quick)).toBe(false);
    const fractions: number[] = [];
    const constants = await objectiveConstants(storedProblem(rows), {
      exact: true,
      onProgress: (f) => fractions.push(f),
    });
    expect(isComplete(constants)).toBe(true);
    expect(constants.L1).toBeLessThan(quick.L1);
    expect(constants.L / quick.L).toBeCloseTo(1, 3);
    expect(fractions.length).toBeGreaterThan(0);
    expect(fractions.every((f, k) => f >= (fractions[k - 1] ?? 0) && f <= 1)).toBe(true);
    const controller = new AbortController();
    const aborted = objectiveConstants(storedProblem(rows), {
      exact: true,
      signal: controller.signal,
      onProgress: () => {
        controller.abort(new Error('enough'));
      },
    });
    await expect(aborted).rejects.toThrow('enough');
  });

  it('are not waited for by default: 8,000 × 784 takes about a second', async () => {
    const [n, d] = [8000, 784];
    const rows = store(new Float32Array(n * d), d);
    for (let i = 0; i < rows.features.length; i++) rows.features[i] = Math.sin(i * 0.7) + ((i * 7919) % 101) / 101;
    const start = performance.now();
    const { L, L1, L1IsBound } = await storedConstants(rows);
    // The budget is 1.5 s; the machine may be busy.
    expect(performance.now() - start).toBeLessThan(4000);
    expect(L1IsBound).toBe(true);
    expect(L1).toBeGreaterThan(L);
    // L is at least the quotient of any direction, and at most the mean of ‖x‖².
    const direction = new Float64Array(d).fill(1 / Math.sqrt(d));
    const quotient = dot(atOnce(momentTimes(rows.features, d, direction)), 0, direction, 0, d);
    expect(L).toBeGreaterThan(quotient);
    expect(L).toBeLessThan(rows.features.reduce((sum, x) => sum + x * x, 0) / n);
  });

  it('the quick L is right where a sample would not do, or from above', async () => {
    const normal = normalSource(2);
    const [n, d] = [60_000, 70];
    // Isotropic but for one direction that the sampled rows do not show.
    const features = Float64Array.from({ length: n * d }, normal);
    for (let i = 1; i < n; i += 2) features[i * d + 5]! *= 3;
    const rows = store(features, d);
    const { L } = await storedConstants(rows, { exactWork: 0 });
    const exact = new EigenvalueDecomposition(
      Matrix.from1DArray(d, d, Array.from(atOnce(secondMoment(rows.features, n, d)))),
      { assumeSymmetric: true },
    );
    const top = Math.max(...exact.realEigenvalues);
    expect(L / top).toBeGreaterThan(1 - 1e-6);
    expect(L / top).toBeLessThan(1.05);
  });
});

describe('numerical tools', () => {
  it('inner products of any shape equal the sums', () => {
    const random = randomSource(3);
    for (const [rows, columns, length] of [
      [1, 1, 5],
      [3, 3, 4],
      [7, 5, 9],
      [4, 8, 1],
    ] as const) {
      const stride = length + 2;
      const a = Float64Array.from({ length: rows * stride }, random);
      const b = Float64Array.from({ length: columns * stride }, random);
      const out = new Float64Array(rows * (columns + 1)).fill(1);
      atOnce(addInnerProducts({ a, rows, b, columns, stride, length, out, outStride: columns + 1 }));
      for (let j = 0; j < rows; j++)
        for (let k = 0; k < columns; k++) {
          let sum = 1;
          for (let i = 0; i < length; i++) sum += a[j * stride + i]! * b[k * stride + i]!;
          expect(out[j * (columns + 1) + k]).toBeCloseTo(sum, 13);
        }
    }
  });

  it('factors reveal the rank and rebuild the matrix; inverses invert', () => {
    const normal = normalSource(1);
    const [d, r] = [9, 4];
    const b = Float64Array.from({ length: d * r }, normal);
    const matrix = Float64Array.from({ length: d * d }, (_, i) => dot(b, Math.floor(i / d) * r, b, (i % d) * r, r));
    const factor = atOnce(pivotedCholesky(matrix, d, 1e-12));
    expect(factor.rank).toBe(r);
    for (let i = 0; i < d * d; i++)
      expect(dot(factor.factor, Math.floor(i / d) * r, factor.factor, (i % d) * r, r)).toBeCloseTo(matrix[i]!, 12);
    const lower = pivotRows(factor);
    const inverse = new Matrix(atOnce(invertLower(lower, r)).reduce<number[][]>(toRows(r), []));
    const product = new Matrix(lower.reduce<number[][]>(toRows(r), [])).mmul(inverse);
    expect(product.sub(Matrix.eye(r)).abs().max()).toBeLessThan(1e-12);
    expect(atOnce(cholesky(matrix, d, 1e-10)).rank).toBe(r);
  });

  it('the Lanczos iteration finds the top of crowded spectra and of the zero operator', () => {
    const diagonal = Float64Array.from({ length: 300 }, (_, k) => 1 - k * 1e-4);
    const times = (values: Float64Array) =>
      function* (v: Float64Array): Work<Float64Array> {
        yield 0;
        return v.map((x, j) => x * values[j]!);
      };
    const options = { tolerance: 1e-8, maxSteps: 300 };
    const { value, converged } = atOnce(largestEigenvalue(times(diagonal), genericVector(300), options));
    expect(converged).toBe(true);
    expect(Math.abs(value - 1)).toBeLessThan(1e-8);
    expect(atOnce(largestEigenvalue(times(new Float64Array(5)), genericVector(5), options)).value).toBe(0);
    expect(atOnce(largestEigenvalue(times(diagonal), genericVector(300), { ...options, maxSteps: 3 })).converged).toBe(
      false,
    );
  });

  it('the top of a tridiagonal matrix is that of the dense decomposition', () => {
    const random = randomSource(6);
    for (const n of [1, 2, 5, 40]) {
      const diagonal = Array.from({ length: n }, () => 2 + random());
      const off = Array.from({ length: n - 1 }, random);
      const { value, coefficients } = topOfTridiagonal(diagonal, off);
      const dense = Matrix.diag(diagonal);
      off.forEach((x, k) => {
        dense.set(k, k + 1, x);
        dense.set(k + 1, k, x);
      });
      const expected = new EigenvalueDecomposition(dense, { assumeSymmetric: true });
      expect(value / Math.max(...expected.realEigenvalues)).toBeCloseTo(1, 13);
      const column = Matrix.columnVector(Array.from(coefficients));
      expect(dense.mmul(column).sub(column.mul(value)).abs().max()).toBeLessThan(1e-12);
    }
  });

  it('work in slices gives what it gives at once, part of it as part of the progress', async () => {
    const work = function* (): Work<number> {
      for (let k = 0; k < 5; k++) {
        const until = performance.now() + 15;
        while (performance.now() < until);
        yield k / 5;
      }
      return 42;
    };
    const fractions: number[] = [];
    expect(await inSlices(part(work(), 0.5, 1), { onProgress: (f) => fractions.push(f) })).toBe(42);
    expect(fractions.length).toBeGreaterThan(0);
    expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0.5);
    expect(atOnce(part(work(), 0, 1))).toBe(42);
  });

  it('rests between slices as long as it is told', async () => {
    function* work(): Work<number> {
      for (let k = 0; k < 6; k++) {
        const until = performance.now() + 3;
        while (performance.now() < until);
        yield k / 6;
      }
      return 42;
    }
    let asked = 0;
    const rest = () => (asked++ < 2 ? 40 : 0);
    const started = performance.now();
    expect(await inSlices(work(), { slice: 2, rest })).toBe(42);
    // After each of six slices, and after the rest of the work.
    expect(asked).toBe(7);
    // Two rests of 40 ms; timers may be a millisecond early.
    expect(performance.now() - started).toBeGreaterThan(78);
  });
});

const toRows =
  (width: number) =>
  (rows: number[][], value: number, place: number): number[][] => {
    if (place % width === 0) rows.push([]);
    rows.at(-1)!.push(value);
    return rows;
  };
