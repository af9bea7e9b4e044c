/**
 * Networks to train: B, which is a document like any other, and C, whose rows are pictures made here: at a few steps a
 * repetition the losses that the whole engine records would take longer than the steps.
 */
import { parseFiles } from '../../src/data/load';
import type { Lane } from '../../src/engine/backend';
import type { ExperimentConfig, RunConfig } from '../../src/experiment/config';
import { initialParameters } from '../../src/models/initial';
import type { LayerConfig } from '../../src/models/layers';
import { drawUp, type Network, type Operation, type Shape } from '../../src/models/network';
import { fullyConnected, presets } from '../../src/models/presets';
import { massSteps, type MassSteps } from '../../src/optimizers/mass';
import { prepareNetwork, type NetworkConfig } from '../../src/problems/network';
import type { NetworkObjective } from '../../src/problems/types';
import { mix, normalPair, STREAM, streamKey } from '../../src/random/random';
import { npy } from '../dense-file';

export const networkTaskIds = ['B', 'B8', 'C'] as const;
export type NetworkTaskId = (typeof networkTaskIds)[number];

export interface NetworkTask {
  readonly kind: 'network';
  readonly id: NetworkTaskId;
  readonly title: string;
  /** What the lanes share. */
  readonly config: Pick<ExperimentConfig, 'seed' | 'sampling'>;
  /** All of it as a document, and the files that this names; of B alone. */
  readonly document?: { readonly config: ExperimentConfig; readonly files: readonly NamedFile[] };
  readonly objective: NetworkObjective;
  /** All of one seed: one start, one sequence of minibatches. */
  readonly lanes: readonly Lane[];
  readonly batch: number;
  /** Coefficients of each lane. */
  readonly steps: readonly MassSteps[];
  readonly checkSteps: number;
  readonly maxSteps: number;
  /** Multiply-adds of the products of one lane's step, forward and backward, times two. */
  readonly flop: number;
}

interface NamedFile {
  readonly name: string;
  readonly bytes: ArrayBuffer;
}

interface Plan {
  readonly title: string;
  readonly lanes: number;
  readonly input: Shape;
  readonly layers: readonly LayerConfig[];
  readonly rows: number;
  /** Rows that the check looks at, where there are too many for float64; there is no document then. */
  readonly recorded?: number;
  readonly batch: number;
  readonly checkSteps: number;
}

const CLASSES = 10;
const SEED = 1;
const HIDDEN = 3;

/** The convolutional network of the MaSS paper without its dropout, whose masks no two libraries draw alike. */
const convolutional = presets.find(({ id }) => id === 'convolutional')!.layers.filter(({ kind }) => kind !== 'dropout');
const tiny: readonly LayerConfig[] = [
  { kind: 'convolution', channels: 5, size: 3 },
  { kind: 'relu' },
  { kind: 'max-pool' },
  { kind: 'convolution', channels: 6, size: 3 },
  { kind: 'relu' },
  { kind: 'dense', units: 7 },
  { kind: 'relu' },
];

const vector = (channels: number): Shape => ({ height: 1, width: 1, channels });

function planOf(id: NetworkTaskId, quick: boolean): Plan {
  if (id === 'C')
    return {
      title: 'convolutional network, 64, 64 and 128 channels on 32 × 32 × 3, batch 64',
      lanes: 1,
      ...(quick
        ? { input: { height: 6, width: 8, channels: 3 }, layers: tiny, rows: 23, recorded: 23, batch: 5, checkSteps: 6 }
        : {
            input: { height: 32, width: 32, channels: 3 },
            layers: convolutional,
            rows: 256,
            recorded: 32,
            batch: 64,
            checkSteps: 2,
          }),
    };
  return {
    title: `784-80-80-80-10 network, batch 64, ${id === 'B' ? '1 lane' : '8 lanes'}`,
    lanes: id === 'B' ? 1 : 8,
    ...(quick
      ? {
          input: vector(13),
          layers: fullyConnected(HIDDEN, 9),
          rows: 57,
          batch: 7,
          checkSteps: 12,
        }
      : {
          input: vector(784),
          layers: fullyConnected(HIDDEN, 80),
          rows: 8192,
          batch: 64,
          checkSteps: 10,
        }),
  };
}

export const networkTitle = (id: NetworkTaskId): string => planOf(id, false).title;

/** `quick`: networks of the same kinds, but tiny and of odd sizes. */
export async function prepareNetworkTask(id: NetworkTaskId, quick: boolean): Promise<NetworkTask> {
  const plan = planOf(id, quick);
  const { title, lanes, batch, checkSteps } = plan;
  const runs = Array.from({ length: lanes }, (_, k): RunConfig => ({
    optimizer: 'mass',
    batch,
    hyper: { eta: 0.01 * (1 + k / lanes), alpha: 0.05, kappaTilde: 6 },
  }));
  const shared = { seed: SEED, sampling: 'replacement' } as const;
  const { objective, document } =
    plan.recorded === undefined
      ? await fromDocument(plan, { ...shared, runs })
      : { objective: pictured(plan, plan.recorded), document: undefined };
  return {
    kind: 'network',
    id,
    title,
    config: shared,
    // Eight lanes would take minutes until their recordings weighed as little as in a run of the usual length.
    ...(document && lanes === 1 ? { document } : {}),
    objective,
    lanes: runs.map((run) => ({ run, seed: 0 })),
    batch,
    steps: runs.map(({ hyper }) => massSteps(hyper)),
    checkSteps,
    maxSteps: 1_000_000,
    flop: batch * flopOf(objective.network),
  };
}

const classOf = (row: number): number => (7 * row) % CLASSES;

/** Standard normal features and classes in a NumPy file. */
async function fromDocument(
  { input, layers, rows }: Plan,
  shared: Pick<ExperimentConfig, 'seed' | 'sampling' | 'runs'>,
): Promise<{ objective: NetworkObjective; document: NonNullable<NetworkTask['document']> }> {
  const width = input.channels;
  const features = normals(rows * width);
  const values = new Float32Array(rows * (width + 1));
  for (let i = 0; i < rows; i++) {
    values.set(features.subarray(i * width, (i + 1) * width), i * (width + 1));
    values[i * (width + 1) + width] = classOf(i);
  }
  const file = { name: 'classes.npy', bytes: npy(values, [rows, width + 1]) };
  const problem: NetworkConfig = {
    kind: 'network',
    data: { kind: 'files', files: [file.name], scaling: 'raw' },
    test: 0,
    layers: [...layers],
    loss: 'cross-entropy',
  };
  const objective = await prepareNetwork(problem, { seed: shared.seed, table: () => parseFiles([file]) });
  const config = {
    version: 1,
    problem,
    ...shared,
    seeds: 1,
    steps: 1,
    evalEvery: 'auto',
    divergenceFactor: 1e6,
  } as const;
  return { objective, document: { config, files: [file] } };
}

/** Standard normal numbers in the shape of pictures. */
function pictured({ input, layers, rows }: Plan, recorded: number): NetworkObjective {
  const network = drawUp(input, layers, CLASSES, 'cross-entropy');
  return {
    family: 'network',
    dimension: network.dimension,
    coordinates: 'weights',
    network,
    rows: {
      kind: 'examples',
      count: rows,
      test: 0,
      recorded: { count: recorded, test: 0 },
      features: normals(rows * input.height * input.width * input.channels),
      targets: Float32Array.from({ length: rows }, (_, i) => classOf(i)),
    },
  };
}

/** Where all lanes start. */
export const startOf = ({ objective, config }: NetworkTask): Float64Array =>
  initialParameters(objective.network, config.seed, 0);

/** A layer with weights. */
export type WeightedLayer = Extract<Operation, { kind: 'dense' | 'convolution' }>;

export const weightedLayers = ({ operations }: Network): WeightedLayer[] =>
  operations.filter((op): op is WeightedLayer => op.kind === 'dense' || op.kind === 'convolution');

/** Of one sample: a product forward, one for the weights, and one for the inputs where anything depends on these. */
function flopOf(network: Network): number {
  return weightedLayers(network).reduce((sum, { input, output, weights: { taps, inputs, outputs }, kind }) => {
    const { height, width } = network.tensors[output]!;
    const products = kind === 'dense' ? 1 : height * width;
    return sum + 2 * products * taps * inputs * outputs * (input === 0 ? 2 : 3);
  }, 0);
}

function normals(count: number): Float32Array<ArrayBuffer> {
  const key = streamKey(SEED, STREAM.data, 0);
  const words = new Uint32Array(4);
  const values = new Float32Array(count);
  for (let k = 0; k < count; k += 2) {
    mix(key, k, 0, 0, words);
    values.set(normalPair(words[0]!, words[1]!).slice(0, Math.min(2, count - k)), k);
  }
  return values;
}
