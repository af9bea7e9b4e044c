/**
 * What a recording reads. The loss over n stored rows is ‖X w − y‖² / 2n; where there are many more rows than coordinates,
 * the triangular factor of [X y] = Q [R c; 0 ρ], worked out once in float64, gives the same number from d rows instead
 * of n: ‖X w − y‖² = ‖R w − c‖² + ρ². It is a sum of squares as well, so nothing cancels that did not before (unlike
 * wᵀ(XᵀX)w), and its rounding errors are those of the rows themselves (Golub & Van Loan, Matrix Computations, 5.3).
 */
import { Matrix, QrDecomposition } from 'ml-matrix';
import type { LeastSquares } from '../../problems/types';
import { isFactored } from '../work';

export interface RecordPlan {
  /** Rows that are read. */
  readonly rows: number;
  /** Parallel parts of a lane's sum. */
  readonly parts: number;
  /** Row i is zero before coordinate i. */
  readonly triangular: boolean;
  /** f = (sum of squares + rest) / (2 count). */
  readonly rest: number;
  readonly count: number;
  /** rows × dimension; none of a kernel, whose rows the GPU works out. */
  readonly features: Float32Array<ArrayBuffer>;
  readonly targets: Float32Array<ArrayBuffer>;
}

type StoredRows = Extract<LeastSquares['rows'], { kind: 'stored' }>;

/** Rows in a tile of a recording. */
export const RECORD_TILE = 4;
const MOST_PARTS = 64;

/** Undefined for streams, whose loss needs no rows. A kernel's loss is that of its recorded rows. */
export function planRecording({ rows, dimension: d }: LeastSquares): RecordPlan | undefined {
  if (rows.kind === 'kernel') {
    const { recorded, targets } = rows;
    const shared = { triangular: false, rest: 0, features: new Float32Array(0), targets };
    return { rows: recorded, parts: partsOf(recorded), count: recorded, ...shared };
  }
  if (rows.kind !== 'stored') return undefined;
  const { count, features, targets } = rows;
  const factored = isFactored(count, d) ? factor(rows, d) : undefined;
  if (factored) return { rows: d, parts: 1, triangular: true, count, ...factored };
  return { rows: count, parts: partsOf(count), triangular: false, count, rest: 0, features, targets };
}

/** Parallel parts of a recording over all of `count` rows: the most that any recording of them needs. */
export const partsOf = (count: number): number => Math.min(MOST_PARTS, Math.ceil(count / RECORD_TILE));

/** Undefined where float32 cannot hold it. */
function factor({ count, features, targets }: StoredRows, d: number) {
  const augmented = new Matrix(count, d + 1);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < d; j++) augmented.set(i, j, features[i * d + j]!);
    augmented.set(i, d, targets[i]!);
  }
  const triangle = new QrDecomposition(augmented).upperTriangularMatrix;
  const factored = new Float32Array(d * d);
  for (let i = 0; i < d; i++) for (let j = i; j < d; j++) factored[i * d + j] = triangle.get(i, j);
  const projected = Float32Array.from({ length: d }, (_, i) => triangle.get(i, d));
  const rest = Math.fround(triangle.get(d, d) ** 2);
  const finite = Number.isFinite(rest) && factored.every(Number.isFinite) && projected.every(Number.isFinite);
  return finite ? { features: factored, targets: projected, rest } : undefined;
}
