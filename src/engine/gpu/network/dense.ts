/** Programs of fully connected layers. */
import forwardWgsl from '../../../../shaders/dense/forward.wgsl?raw';
import inputGradientWgsl from '../../../../shaders/dense/input_gradient.wgsl?raw';
import weightGradientWgsl from '../../../../shaders/dense/weight_gradient.wgsl?raw';
import layerWgsl from '../../../../shaders/network/layer.wgsl?raw';
import { expandTemplate } from '../../../gpu/template';
import { sizeOf, type Operation } from '../../../models/network';
import {
  compose,
  constants,
  giving,
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

type Dense = Extract<Operation, { kind: 'dense' }>;

const FORWARD: Tile = { rows: 8, columns: 2 };
const INPUT_GRADIENT: Tile = { rows: 8, columns: 2 };
const WEIGHT_GRADIENT: Tile = { rows: 2, columns: 2 };

/** Bind: layer, lanes, state, alive, members, x, y, and what the pass needs (inputs_of, or work). */
export const denseForward = (context: PassContext, op: Dense, relu: boolean): Program =>
  context.quads
    ? quadForward(context, op, relu)
    : tiled(context, op, FORWARD, forwardWgsl, context.batch, outputBlocks(op), [
        samples(context),
        switches({ RELU: relu, FROM_INPUTS: op.input === 0 }),
      ]);

/** Bind: layer, state, alive, members, x, dy, dx. */
export const denseInputGradient = (context: PassContext, op: Dense, given: Given): Program =>
  context.quads
    ? quadInputGradient(context, op, given)
    : tiled(context, op, INPUT_GRADIENT, inputGradientWgsl, context.batch, inputBlocks(context, op), [giving(given)]);

/** Bind: layer, alive, members, inputs_of, x, dy, and the gradient (as `parts` by quads). */
export const denseWeightGradient = (context: PassContext, op: Dense): Program =>
  context.quads
    ? quadWeightGradient(context, op, 1)
    : tiled(context, op, WEIGHT_GRADIENT, weightGradientWgsl, inputBlocks(context, op), outputBlocks(op), [
        samples(context),
        switches({ FROM_INPUTS: op.input === 0 }),
      ]);

const inputBlocks = ({ network }: PassContext, op: Dense) => sizeOf(network.tensors[op.input]!) / 4;
const outputBlocks = (op: Dense) => op.bias.length / 4;

function tiled(
  context: PassContext,
  op: Dense,
  tile: Tile,
  wgsl: string,
  rows: number,
  columns: number,
  parts: readonly string[],
): Program {
  const tiles = tilesOf(spread(tile, rows, columns), rows, columns);
  return {
    code: compose(context, [
      constants({
        INPUT_BLOCKS: inputBlocks(context, op),
        OUTPUT_BLOCKS: outputBlocks(op),
      }),
      layerWgsl,
      tiles.declared,
      ...parts,
      expandTemplate(wgsl, tiles.counts),
    ]),
    invocations: tiles.number,
  };
}
