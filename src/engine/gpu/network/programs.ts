/** The WGSL programs of network lanes, composed from the files in `shaders/`. */
import laneWgsl from '../../../../shaders/common/lane.wgsl?raw';
import randomWgsl from '../../../../shaders/common/random.wgsl?raw';
import forwardWgsl from '../../../../shaders/dense/forward.wgsl?raw';
import inputGradientWgsl from '../../../../shaders/dense/input_gradient.wgsl?raw';
import weightGradientWgsl from '../../../../shaders/dense/weight_gradient.wgsl?raw';
import crossEntropyWgsl from '../../../../shaders/loss/cross_entropy.wgsl?raw';
import squaredErrorWgsl from '../../../../shaders/loss/squared_error.wgsl?raw';
import addUpWgsl from '../../../../shaders/network/add_up.wgsl?raw';
import gatherWgsl from '../../../../shaders/network/gather.wgsl?raw';
import outputGradientWgsl from '../../../../shaders/network/output_gradient.wgsl?raw';
import recordWgsl from '../../../../shaders/network/record.wgsl?raw';
import sampleLossesWgsl from '../../../../shaders/network/sample_losses.wgsl?raw';
import samplesEvaluationWgsl from '../../../../shaders/network/samples_evaluation.wgsl?raw';
import samplesTrainingWgsl from '../../../../shaders/network/samples_training.wgsl?raw';
import updateWgsl from '../../../../shaders/network/update.wgsl?raw';
import { expandTemplate } from '../../../gpu/template';
import { sizeOf, strideOf, type Network, type Operation } from '../../../models/network';
import { optimizerOf, type OptimizerId } from '../../../optimizers/registry';

export interface PassContext {
  readonly network: Network;
  readonly workgroup: number;
  /** Samples of a pass, of each lane. */
  readonly batch: number;
  readonly pass: 'training' | 'evaluation';
}

type Dense = Extract<Operation, { kind: 'dense' }>;

/** Rows and columns that one invocation works out; of samples, or of blocks of four channels. */
interface Tile {
  readonly rows: number;
  readonly columns: number;
}
const FORWARD: Tile = { rows: 8, columns: 2 };
const INPUT_GRADIENT: Tile = { rows: 8, columns: 2 };
const WEIGHT_GRADIENT: Tile = { rows: 2, columns: 2 };

export interface Program {
  readonly code: string;
  /** Invocations for each lane. */
  readonly invocations: number;
}

/** Bind: lanes, state, alive, members, x, y, and what the pass needs (inputs_of, or work). */
export function denseForward(context: PassContext, op: Dense, relu: boolean): Program {
  return tiled(context, op, FORWARD, forwardWgsl, context.batch, outputBlocks(op), { RELU: relu });
}

/** Bind: lanes, state, alive, members, x, dy, dx. `relu`: x is a positive part. */
export function denseInputGradient(context: PassContext, op: Dense, relu: boolean): Program {
  return tiled(context, op, INPUT_GRADIENT, inputGradientWgsl, context.batch, inputBlocks(context, op), {
    RELU: relu,
  });
}

/** Bind: alive, members, inputs_of, x, dy, gradient. */
export function denseWeightGradient(context: PassContext, op: Dense): Program {
  return tiled(context, op, WEIGHT_GRADIENT, weightGradientWgsl, inputBlocks(context, op), outputBlocks(op), {});
}

/** Copies the minibatch of each seed. Bind: work, lanes, leaders, features, targets, inputs, wanted. */
export function gather(context: PassContext, sampling: 'replacement' | 'epochs', rows: number): Program {
  const draw =
    sampling === 'epochs'
      ? `row_of_epoch(key, work.from_step * BATCH + index, ${rows}u)`
      : `row_with_replacement(key, work.from_step, index, ${rows}u)`;
  const blocks = sizeOf(context.network.tensors[0]!) / 4;
  return {
    code: compose(context, [
      randomWgsl,
      constants({ INPUT_BLOCKS: blocks, TARGET_BLOCKS: targetBlocks(context.network) }),
      `fn batch_row(key: u32, index: u32) -> u32 {\n  return ${draw};\n}`,
      gatherWgsl,
    ]),
    invocations: context.batch * Math.max(blocks, targetBlocks(context.network)),
  };
}

/** Bind: alive, members, inputs_of, z, wanted, dz. */
export function outputGradient(context: PassContext): Program {
  return {
    code: compose(context, [samples(context), lossConstants(context), lossOf(context), outputGradientWgsl]),
    invocations: context.batch,
  };
}

/** Bind: work, lanes, alive, members, z, wanted, found. */
export function sampleLosses(context: PassContext): Program {
  return {
    code: compose(context, [samples(context), lossConstants(context), lossOf(context), sampleLossesWgsl]),
    invocations: context.batch,
  };
}

/** Bind: work, alive, members, found, sums. */
export function addUp(context: PassContext, firstRow: number): Program {
  return { code: compose(context, [constants({ FIRST_ROW: firstRow }), addUpWgsl]), invocations: 1 };
}

/** A step of one optimizer. Bind: work, lanes, state, alive, members, gradient. */
export function update(context: PassContext, optimizer: OptimizerId): Program {
  const { prefix, wgsl, slots } = optimizerOf(optimizer);
  const names = `fn slot_0_at(c: Coefficients, t: u32) -> Coefficients {
  return ${prefix}_at(c, t);
}

fn slot_0_step(s: Slots, g: vec4f, c: Coefficients) -> Slots {
  return ${prefix}_step(s, g, c);
}`;
  return {
    code: compose(context, [constants({ SLOTS: slots.length }), wgsl, names, updateWgsl]),
    invocations: context.network.dimension / 4,
  };
}

/** What a recording holds of a lane, in order. */
export type NetworkMetric = 'loss' | 'accuracy' | 'testLoss' | 'testAccuracy';

/** Bind: work, lanes, alive, losses, training_sums, test_sums. */
export function record(
  context: PassContext,
  metrics: readonly NetworkMetric[],
  rows: { readonly training: number; readonly test: number },
): Program {
  const values = { loss: 'training.x', accuracy: 'training.y', testLoss: 'test.x', testAccuracy: 'test.y' };
  const four = [0, 1, 2, 3].map((k) => (metrics[k] ? values[metrics[k]] : '0.0')).join(', ');
  const code = recordWgsl.replace('METRIC_VALUES', four);
  return {
    code: compose(context, [
      constants({ METRICS: metrics.length }),
      `const TRAINING_ROWS = ${rows.training}.0;\nconst TEST_ROWS = ${Math.max(rows.test, 1)}.0;`,
      code,
    ]),
    invocations: 1,
  };
}

/** Blocks of four numbers that tell what is wanted of a sample. */
export const targetBlocks = (network: Network): number =>
  network.loss === 'cross-entropy' ? 1 : strideOf({ channels: network.outputs }) / 4;

const inputBlocks = ({ network }: PassContext, op: Dense) => sizeOf(network.tensors[op.input]!) / 4;
const outputBlocks = (op: Dense) => op.bias.length / 4;

function tiled(
  context: PassContext,
  op: Dense,
  tile: Tile,
  wgsl: string,
  rows: number,
  columns: number,
  flags: Readonly<Record<string, boolean>>,
): Program {
  // A tile no larger than what there is.
  const [tileRows, tileColumns] = [Math.min(tile.rows, rows), Math.min(tile.columns, columns)];
  const [rowTiles, columnTiles] = [Math.ceil(rows / tileRows), Math.ceil(columns / tileColumns)];
  return {
    code: compose(context, [
      samples(context),
      constants({
        INPUT_BLOCKS: inputBlocks(context, op),
        OUTPUT_BLOCKS: outputBlocks(op),
        WEIGHTS: op.weights.offset / 4,
        BIAS: op.bias.offset / 4,
        ROWS: tileRows,
        COLUMNS: tileColumns,
        ROW_TILES: rowTiles,
        COLUMN_TILES: columnTiles,
      }),
      switches({ ...flags, FROM_INPUTS: op.input === 0 }),
      expandTemplate(wgsl, { ROWS: tileRows, COLUMNS: tileColumns }),
    ]),
    invocations: rowTiles * columnTiles,
  };
}

const samples = ({ pass }: PassContext) => (pass === 'training' ? samplesTrainingWgsl : samplesEvaluationWgsl);
const lossOf = ({ network }: PassContext) => (network.loss === 'cross-entropy' ? crossEntropyWgsl : squaredErrorWgsl);
const lossConstants = ({ network }: PassContext) =>
  constants({ OUTPUTS: network.outputs, OUTPUT_BLOCKS: strideOf({ channels: network.outputs }) / 4 });

const constants = (values: Readonly<Record<string, number>>) =>
  Object.entries(values)
    .map(([name, value]) => `const ${name} = ${value}u;`)
    .join('\n');
const switches = (values: Readonly<Record<string, boolean>>) =>
  Object.entries(values)
    .map(([name, value]) => `const ${name} = ${value};`)
    .join('\n');

function compose({ network, workgroup, batch }: PassContext, parts: readonly string[]): string {
  return [constants({ BLOCKS: network.dimension / 4, BATCH: batch, WORKGROUP: workgroup }), laneWgsl, ...parts].join(
    '\n\n',
  );
}
