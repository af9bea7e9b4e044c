/** What PyTorch's models did under every optimizer (tests/fixtures/pytorch/networks.py), and the same as an objective. */
import { drawUp, type Network } from '../../src/models/network';
import { presets } from '../../src/models/presets';
import type { OptimizerId } from '../../src/optimizers/registry';
import type { Hyper } from '../../src/optimizers/types';
import { inputWidth } from '../../src/problems/network-reference';
import type { NetworkObjective } from '../../src/problems/types';
import { mix, normalPair, STREAM, streamKey } from '../../src/random/random';
import json from '../fixtures/pytorch/networks.json';

/** Norm of a vector, and its projections on three waves. */
export type Summary = readonly number[];

export interface RecordedRun {
  readonly hyper: Hyper;
  /** Of minibatches 0, 1, 2 and 3, each before its step, at PyTorch's parameter: slot 0 of our optimizers. */
  readonly losses: readonly number[];
  /** Loss over all rows after three steps, as an evaluation has it. */
  readonly evaluated: number;
  /** Of how far the parameter has moved from its start, after each of three steps. */
  readonly parameters: readonly Summary[];
  /** Of the running statistics after each step; empty for a network that has none. */
  readonly statistics: readonly Summary[];
}

interface Recorded {
  readonly origin: string;
  readonly seed: number;
  readonly laneSeed: number;
  readonly rows: number;
  readonly batch: number;
  readonly models: Readonly<
    Record<
      string,
      {
        readonly image: readonly [number, number, number];
        readonly classes: number;
        readonly dimension: number;
        readonly statistics: number;
        readonly runs: Readonly<Record<OptimizerId, RecordedRun>>;
      }
    >
  >;
}

export const recordedNetworks = json as unknown as Recorded;

export function recordedNetwork(id: string): Network {
  const { image, classes } = recordedNetworks.models[id]!;
  const [height, width, channels] = image;
  const { layers } = presets.find((preset) => preset.id === id)!;
  return drawUp({ height, width, channels }, layers, classes, 'cross-entropy');
}

const words = new Uint32Array(4);

export function recordedNetworkObjective(id: string): NetworkObjective {
  return seededExamples(recordedNetwork(id), recordedNetworks.seed, recordedNetworks.rows, 0);
}

/** Normal features and classes in turn: the rows that PyTorch was given. */
export function seededExamples(network: Network, seed: number, count: number, test: number): NetworkObjective {
  const key = streamKey(seed, STREAM.data, 0);
  const features = Float32Array.from({ length: (count + test) * inputWidth(network) }, (_, k) => {
    mix(key, k, 0, 0, words);
    return normalPair(words[0]!, words[1]!)[0];
  });
  const targets = Float32Array.from({ length: count + test }, (_, i) => (i * 5) % network.outputs);
  const rows = { kind: 'examples', count, test, recorded: { count, test }, features, targets } as const;
  return { family: 'network', dimension: network.dimension, coordinates: 'weights', network, rows };
}

export function summary(vector: ArrayLike<number>): Summary {
  const wave = (a: number) => {
    let sum = 0;
    for (let k = 0; k < vector.length; k++) sum += vector[k]! * Math.cos(a * k);
    return sum;
  };
  const norm = Math.sqrt(Array.from(vector).reduce((sum, value) => sum + value ** 2, 0));
  return [norm, wave(1), wave(0.1), wave(0.01)];
}
