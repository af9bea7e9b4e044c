/** Programs of what works on each activation by itself: ReLU, sum, dropout. */
import randomWgsl from '../../../../shaders/common/random.wgsl?raw';
import addWgsl from '../../../../shaders/network/add.wgsl?raw';
import dropoutWgsl from '../../../../shaders/network/dropout.wgsl?raw';
import dropoutGradientWgsl from '../../../../shaders/network/dropout_gradient.wgsl?raw';
import dropoutMaskWgsl from '../../../../shaders/network/dropout_mask.wgsl?raw';
import elementwiseWgsl from '../../../../shaders/network/elementwise.wgsl?raw';
import passGradientWgsl from '../../../../shaders/network/pass_gradient.wgsl?raw';
import positivePartWgsl from '../../../../shaders/network/positive_part.wgsl?raw';
import { sizeOf, type Operation } from '../../../models/network';
import {
  compose,
  constants,
  giving,
  invocationsFor,
  samples,
  switches,
  type Given,
  type PassContext,
  type Program,
} from './compose';

type Dropout = Extract<Operation, { kind: 'dropout' }>;

/** Bind: lanes, alive, members, x, y, and what the pass needs. */
export const reluForward = (context: PassContext, op: Operation): Program =>
  elementwise(context, op, [samples(context), switches({ FROM_INPUTS: op.input === 0 }), positivePartWgsl]);

/** Bind: lanes, alive, members, x, second, y, and what the pass needs. */
export const addForward = (context: PassContext, op: Extract<Operation, { kind: 'add' }>, relu: boolean): Program =>
  elementwise(context, op, [
    samples(context),
    switches({ RELU: relu, FROM_INPUTS: op.input === 0, SECOND_FROM_INPUTS: op.second === 0 }),
    addWgsl,
  ]);

/** Gradient of a sum or of a ReLU by itself. Bind: alive, members, x, dy, dx. */
export const passGradient = (context: PassContext, op: Operation, given: Given): Program =>
  elementwise(context, op, [giving(given), passGradientWgsl]);

/** Training only. Bind: work, dropout_keys, alive, members, inputs_of, x, y. */
export const dropoutForward = (context: PassContext, op: Dropout): Program =>
  elementwise(context, op, [samples(context), switches({ FROM_INPUTS: op.input === 0 }), mask(op), dropoutWgsl]);

/** Bind: work, dropout_keys, alive, members, x, dy, dx. */
export const dropoutGradient = (context: PassContext, op: Dropout, given: Given): Program =>
  elementwise(context, op, [giving(given), mask(op), dropoutGradientWgsl]);

const mask = ({ layer, rate }: Dropout) =>
  [
    randomWgsl,
    constants({ LAYER: layer, THRESHOLD: Math.floor(rate * 2 ** 32) }),
    `const SCALE = f32(${1 / (1 - rate)});`,
    dropoutMaskWgsl,
  ].join('\n\n');

function elementwise(context: PassContext, op: Operation, parts: readonly string[]): Program {
  const blocks = sizeOf(context.network.tensors[op.output]!) / 4;
  const invocations = invocationsFor(context, context.batch * blocks);
  return {
    code: compose(context, [constants({ SIZE_BLOCKS: blocks, STEP: invocations }), ...parts, elementwiseWgsl]),
    invocations,
  };
}
