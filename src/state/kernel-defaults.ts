/** How a kernel regression begins on other data. */
import type { KernelConfig } from '../problems/kernel';
import type { KernelRegression } from '../problems/kernel-regression';
import type { DatasetSummary } from '../worker/protocol';

type Data = KernelRegression['data'];

/** Rows that generated data begin with: few for points, which need a fine kernel, and more for pictures. */
const ROWS = { points: 24, digits: 500 } as const;
/** Points differ by about 0.1; pictures with pixels from 0 to 1 by about 10, and a kernel of 0.1 sees no two alike. */
const BANDWIDTH = { points: 0.08, pictures: 5 } as const;

/** The problem on generated data, or on files to be chosen. */
export function withKernelKind(problem: KernelRegression, kind: Data['kind']): KernelRegression {
  return { ...problem, data: dataOf(problem.data, kind), kernel: suited(problem.kernel, kind === 'digits') };
}

function dataOf(before: Data, kind: Data['kind']): Data {
  if (kind === before.kind) return before;
  if (kind === 'files') return { kind, files: [], scaling: 'standardised' };
  if (kind === 'digits') return { kind, rows: ROWS.digits, digit: 3 };
  return 'noise' in before ? { ...before, kind } : { kind, rows: ROWS.points, noise: 0 };
}

/**
 * The problem on a data set just loaded or chosen. Of classes, whose numbers have no order, the first one is told from the
 * rest. The scaling stays where the data were files before.
 */
export function withKernelData(problem: KernelRegression, dataset: DatasetSummary): KernelRegression {
  const { data: before } = problem;
  const pictures = dataset.image !== undefined;
  const first = pictures || dataset.classNames ? dataset.labelValues?.[0] : undefined;
  const data: Data = {
    kind: 'files',
    files: [...dataset.files],
    ...(first === undefined ? {} : { oneVersusRest: first }),
    scaling: before.kind === 'files' && before.files.length > 0 ? before.scaling : pictures ? 'unit' : 'standardised',
  };
  return { ...problem, data, kernel: suited(problem.kernel, pictures) };
}

/** The kernel, wide enough for pictures. */
const suited = (kernel: KernelConfig, pictures: boolean): KernelConfig =>
  pictures && kernel.kind !== 'polynomial' && kernel.bandwidth < 1
    ? { ...kernel, bandwidth: BANDWIDTH.pictures }
    : kernel;
