/** What a network problem comes to before its data is made: known from its configuration, or from the data set's summary. */
import type { DatasetSummary } from '../data/dataset-store';
import type { ByteFormat } from '../data/features';
import { DIGIT_SIDE } from '../data/digits/digits';
import type { Shape } from '../models/network';
import { recordedRows, type NetworkConfig } from './network';
import { splitOf, type SplitConfig } from './network-data';
import type { Examples } from './types';

/** Whether the rows are pictures with labels: of files, those whose target is the label. */
export function arePictures(data: NetworkConfig['data'], dataset: DatasetSummary | undefined): boolean {
  if (data.kind !== 'files') return data.kind === 'digits';
  const label = dataset?.labelColumn ?? dataset?.columns.at(-1);
  return dataset?.image !== undefined && (data.column === undefined || data.column === label);
}

export interface DataShape {
  readonly input: Shape;
  readonly outputs: number;
  readonly rows: Pick<Examples, 'count' | 'test' | 'recorded'> & {
    /** Numbers where absent. */
    readonly features?: ByteFormat;
  };
}

/**
 * The shape of the data; undefined for files that are not loaded. Of a table it is an upper bound: columns that are the same
 * in all rows are dropped when it is read, and classes are counted over all rows.
 */
export function dataShape(
  config: Pick<NetworkConfig, 'data' | 'test' | 'split' | 'loss'>,
  dataset: DatasetSummary | undefined,
): DataShape | undefined {
  const { data, loss } = config;
  const classes = loss === 'cross-entropy';
  switch (data.kind) {
    case 'teacher':
      return { input: vector(data.inputs), outputs: data.outputs, rows: split(config, data.rows) };
    case 'digits':
      return { input: square(data.side ?? DIGIT_SIDE, 1), outputs: 10, rows: split(config, data.rows) };
    case 'files': {
      if (!dataset) return undefined;
      const rows = split(config, Math.min(data.rows ?? dataset.rows, dataset.rows), dataset);
      const labels = dataset.labelValues?.length ?? dataset.classNames?.length ?? 2;
      const { image, columns } = dataset;
      if (!image || !arePictures(data, dataset))
        return { input: vector(Math.max(columns.length - 1, 1)), outputs: classes ? labels : 1, rows };
      const input = data.side === undefined ? shapeOf(image) : square(data.side, image.channels);
      const bytes = dataset.bytes && input.height === image.height && input.width === image.width;
      return { input, outputs: labels, rows: bytes ? { ...rows, features: { channels: image.channels } } : rows };
    }
    default:
      return { input: vector(2), outputs: classes ? 2 : 1, rows: split(config, data.rows) };
  }
}

const vector = (channels: number): Shape => ({ height: 1, width: 1, channels });
const square = (side: number, channels: number): Shape => ({ height: side, width: side, channels });
const shapeOf = ({ height, width, channels }: Shape): Shape => ({ height, width, channels });

function split(config: SplitConfig, all: number, dataset?: DatasetSummary): DataShape['rows'] {
  const { tests: test } = splitOf(config, all, dataset);
  const count = all - test;
  return { count, test, recorded: recordedRows(count, test) };
}
