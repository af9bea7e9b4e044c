/** Programs of batch normalisation. Sums over a minibatch's pixels are taken in two steps: over parts, then over the parts. */
import layerWgsl from '../../../../shaders/network/layer.wgsl?raw';
import forwardWgsl from '../../../../shaders/norm/forward.wgsl?raw';
import gradientsWgsl from '../../../../shaders/norm/gradients.wgsl?raw';
import inputGradientWgsl from '../../../../shaders/norm/input_gradient.wgsl?raw';
import momentsWgsl from '../../../../shaders/norm/moments.wgsl?raw';
import partGradientsWgsl from '../../../../shaders/norm/part_gradients.wgsl?raw';
import partMomentsWgsl from '../../../../shaders/norm/part_moments.wgsl?raw';
import partsWgsl from '../../../../shaders/norm/parts.wgsl?raw';
import statisticsEvaluationWgsl from '../../../../shaders/norm/statistics_evaluation.wgsl?raw';
import statisticsTrainingWgsl from '../../../../shaders/norm/statistics_training.wgsl?raw';
import { NORM_EPSILON, NORM_MOMENTUM } from '../../../models/float64/norm';
import { type Operation } from '../../../models/network';
import {
  channelBlocks,
  compose,
  constants,
  giving,
  invocationsFor,
  pixelsOf,
  samples,
  switches,
  type Given,
  type PassContext,
  type Program,
} from './compose';

type BatchNorm = Extract<Operation, { kind: 'batch-norm' }>;

/** Pixels of a part, about, and the most parts there are. */
const PART = 32;
const MOST_PARTS = 64;

/** Into how many parts the pixels of a minibatch are cut. */
export const normParts = (context: PassContext, op: BatchNorm): number =>
  Math.min(MOST_PARTS, Math.ceil((context.batch * pixelsOf(context.network.tensors[op.input]!)) / PART));

/** Bind: layer, alive, members, inputs_of, x, parts (members × parts × 2 × channels). */
export const partMoments = (context: PassContext, op: BatchNorm): Program =>
  program(context, op, [samples(context), partsWgsl, fromInputs(op), partMomentsWgsl], normParts(context, op));

/** Bind: layer, alive, members, parts, moments (members × 2 × channels), statistics. */
export const moments = (context: PassContext, op: BatchNorm): Program =>
  program(context, op, [partsWgsl, `const MOMENTUM = f32(${NORM_MOMENTUM});`, momentsWgsl], 1);

/** Bind: layer, lanes, state, alive, members, x, y, what the pass needs, and moments (training) or statistics (evaluation). */
export const normForward = (context: PassContext, op: BatchNorm, relu: boolean): Program =>
  program(
    context,
    op,
    [samples(context), statistics(context), fromInputs(op), switches({ RELU: relu }), step(context, op), forwardWgsl],
    stepOf(context, op),
  );

/** Bind: layer, alive, members, inputs_of, x, dy, moments, parts. */
export const partGradients = (context: PassContext, op: BatchNorm): Program =>
  program(
    context,
    op,
    [samples(context), statistics(context), partsWgsl, fromInputs(op), partGradientsWgsl],
    normParts(context, op),
  );

/** Bind: layer, alive, members, parts, gradient. */
export const normGradients = (context: PassContext, op: BatchNorm): Program => program(context, op, [gradientsWgsl], 1);

/** Bind: layer, state, alive, members, gradient, moments, x, dy, dx. */
export const normInputGradient = (context: PassContext, op: BatchNorm, given: Given): Program =>
  program(context, op, [statistics(context), giving(given), step(context, op), inputGradientWgsl], stepOf(context, op));

const fromInputs = (op: BatchNorm) => switches({ FROM_INPUTS: op.input === 0 });

const statistics = ({ pass }: PassContext) =>
  [
    `const EPSILON = f32(${NORM_EPSILON});`,
    pass === 'training' ? statisticsTrainingWgsl : statisticsEvaluationWgsl,
  ].join('\n\n');

/** Invocations that share the pixels of all samples. */
const stepOf = (context: PassContext, op: BatchNorm) =>
  invocationsFor(context, context.batch * pixelsOf(context.network.tensors[op.input]!));

const step = (context: PassContext, op: BatchNorm) => constants({ STEP: stepOf(context, op) });

function program(context: PassContext, op: BatchNorm, parts: readonly string[], invocations: number): Program {
  const shape = context.network.tensors[op.input]!;
  return {
    code: compose(context, [
      layerWgsl,
      constants({
        CHANNEL_BLOCKS: channelBlocks(shape),
        PIXELS: pixelsOf(shape),
        PARTS: normParts(context, op),
        STATISTICS_BLOCKS: context.network.statistics / 4,
      }),
      ...parts,
    ]),
    invocations: invocations * channelBlocks(shape),
  };
}
