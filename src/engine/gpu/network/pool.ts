/** Programs of max and global average pooling. */
import averageWgsl from '../../../../shaders/pool/average.wgsl?raw';
import averageGradientWgsl from '../../../../shaders/pool/average_gradient.wgsl?raw';
import maxWgsl from '../../../../shaders/pool/max.wgsl?raw';
import maxGradientWgsl from '../../../../shaders/pool/max_gradient.wgsl?raw';
import { sizeOf, type Operation, type Shape } from '../../../models/network';
import {
  channelBlocks,
  compose,
  constants,
  giving,
  planes,
  samples,
  switches,
  type Given,
  type PassContext,
  type Program,
} from './compose';

export type Pool = Extract<Operation, { kind: 'max-pool' | 'global-average-pool' }>;

/** Bind: lanes, alive, members, x, y, and what the pass needs. */
export const poolForward = (context: PassContext, op: Pool): Program => ({
  code: compose(context, [
    samples(context),
    geometry(context, op),
    switches({ FROM_INPUTS: op.input === 0 }),
    op.kind === 'max-pool' ? maxWgsl : averageWgsl,
  ]),
  invocations: (context.batch * sizeOf(context.network.tensors[op.output]!)) / 4,
});

/** Bind: alive, members, x, dy, dx. */
export const poolGradient = (context: PassContext, op: Pool, given: Given): Program => ({
  code: compose(context, [
    geometry(context, op),
    giving(given),
    op.kind === 'max-pool' ? maxGradientWgsl : averageGradientWgsl,
  ]),
  invocations: context.batch * gradientBlocks(context.network.tensors[op.input]!, op),
});

/** Of a sample: an invocation gives the gradient of one window to all its entries, or that of a mean to one pixel. */
function gradientBlocks(from: Shape, op: Pool): number {
  const [height, width] = op.kind === 'max-pool' ? windows(from) : [from.height, from.width];
  return height * width * channelBlocks(from);
}

/** Rows and columns of windows, those cut off at an odd edge included. */
const windows = ({ height, width }: Shape): [number, number] => [Math.ceil(height / 2), Math.ceil(width / 2)];

function geometry({ network }: PassContext, op: Pool): string {
  const [from, to] = [network.tensors[op.input]!, network.tensors[op.output]!];
  const [rows, columns] = windows(from);
  return constants({
    CHANNEL_BLOCKS: channelBlocks(from),
    ...planes(from, to),
    WINDOW_ROWS: rows,
    WINDOW_COLUMNS: columns,
  });
}
