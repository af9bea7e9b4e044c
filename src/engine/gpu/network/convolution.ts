/** Programs of convolutions, as matrix products that are never laid out. */
import forwardWgsl from '../../../../shaders/conv/forward.wgsl?raw';
import inputGradientWgsl from '../../../../shaders/conv/input_gradient.wgsl?raw';
import phaseWgsl from '../../../../shaders/conv/phase.wgsl?raw';
import sumPartsWgsl from '../../../../shaders/conv/sum_parts.wgsl?raw';
import weightGradientWgsl from '../../../../shaders/conv/weight_gradient.wgsl?raw';
import layerWgsl from '../../../../shaders/network/layer.wgsl?raw';
import { expandTemplate } from '../../../gpu/template';
import type { Operation } from '../../../models/network';
import {
  channelBlocks,
  compose,
  constants,
  giving,
  phasesOf,
  pixelsOf,
  planes,
  samples,
  spread,
  switches,
  tilesOf,
  type Given,
  type PassContext,
  type Program,
  type Tile,
} from './compose';
import { quadForward, quadInputGradient, quadWeightGradient } from './quads';

type Convolution = Extract<Operation, { kind: 'convolution' }>;

const FORWARD: Tile = { rows: 8, columns: 2 };
const INPUT_GRADIENT: Tile = { rows: 8, columns: 2 };
const WEIGHT_GRADIENT: Tile = { rows: 2, columns: 2 };
/** A weight gradient sums over all pixels: it is cut into parts of the samples where a lane has fewer invocations. */
const ENOUGH_INVOCATIONS = 512;

/** Bind: layer, lanes, state, alive, members, x, y, and what the pass needs (inputs_of, or work). */
export function convolutionForward(context: PassContext, op: Convolution, relu: boolean): Program {
  if (context.quads) return quadForward(context, op, relu);
  const to = context.network.tensors[op.output]!;
  const [rows, columns] = [context.batch * pixelsOf(to), channelBlocks(to)];
  const tiles = tilesOf(spread(FORWARD, rows, columns), rows, columns);
  return {
    code: compose(context, [
      samples(context),
      geometry(context, op),
      tiles.declared,
      switches({ RELU: relu, FROM_INPUTS: op.input === 0 }),
      expandTemplate(forwardWgsl, tiles.counts),
    ]),
    invocations: tiles.number,
  };
}

/** Bind: layer, state, alive, members, x, dy, dx. */
export function convolutionInputGradient(context: PassContext, op: Convolution, given: Given): Program {
  if (context.quads) return quadInputGradient(context, op, given);
  const from = context.network.tensors[op.input]!;
  const phases = phasesOf(from, op, given);
  const [rows, columns] = [context.batch * phases.pixels, channelBlocks(from)];
  const tiles = tilesOf(spread(INPUT_GRADIENT, phases.number * rows, columns), rows, columns, phases.number);
  return {
    code: compose(context, [
      geometry(context, op),
      tiles.declared,
      phaseWgsl,
      giving(given),
      expandTemplate(inputGradientWgsl, tiles.counts),
    ]),
    invocations: tiles.number,
  };
}

/** Into how many parts of the samples the sum of a weight gradient is cut. */
export function weightParts(context: PassContext, op: Convolution): number {
  const { number } = weightTiles(context, op);
  return Math.max(1, Math.min(context.batch, Math.floor(ENOUGH_INVOCATIONS / number)));
}

/** Numbers in one part: weights, then bias. */
export const partSize = (op: Convolution): number => op.weights.length + 4 * outputBlocks(op);

/** Bind: layer, alive, members, inputs_of, x, dy, and `parts`, which is the gradient itself where there is only one part. */
export function convolutionWeightGradient(context: PassContext, op: Convolution): Program {
  const parts = weightParts(context, op);
  if (context.quads) return quadWeightGradient(context, op, parts);
  const tiles = weightTiles(context, op, parts);
  return {
    code: compose(context, [
      samples(context),
      geometry(context, op),
      constants({ PARTS: parts }),
      tiles.declared,
      switches({ DIRECT: parts === 1, FROM_INPUTS: op.input === 0 }),
      expandTemplate(weightGradientWgsl, tiles.counts),
    ]),
    invocations: tiles.number,
  };
}

/** Bind: layer, alive, members, parts, gradient. */
export function sumWeightParts(context: PassContext, op: Convolution): Program {
  const given = (op.weights.length + (op.bias?.length ?? 0)) / 4;
  return {
    code: compose(context, [
      geometry(context, op),
      constants({
        PARTS: weightParts(context, op),
        PART_BLOCKS: partSize(op) / 4,
        WEIGHT_BLOCKS: op.weights.length / 4,
        GIVEN_BLOCKS: given,
        KEPT_CHANNELS: Math.min(4, context.network.tensors[op.input]!.channels),
      }),
      sumPartsWgsl,
    ]),
    invocations: given,
  };
}

const outputBlocks = ({ weights }: Convolution) => channelBlocks({ channels: weights.outputs });

/** Of every tap, in so many parts of the samples. */
const weightTiles = ({ network }: PassContext, op: Convolution, parts = 1) =>
  tilesOf(WEIGHT_GRADIENT, channelBlocks(network.tensors[op.input]!), outputBlocks(op), op.size * op.size * parts);

function geometry({ network }: PassContext, op: Convolution): string {
  const [from, to] = [network.tensors[op.input]!, network.tensors[op.output]!];
  return [
    layerWgsl,
    constants({
      INPUT_BLOCKS: channelBlocks(from),
      OUTPUT_BLOCKS: channelBlocks(to),
      ...planes(from, to),
      SIZE: op.size,
      STRIDE: op.stride,
      PADDING: (op.size - 1) / 2,
    }),
    switches({ HAS_BIAS: op.bias !== undefined }),
  ].join('\n');
}
