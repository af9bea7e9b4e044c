/** Between the flat parameters of a lane, filled up to multiples of four, and the arrays of libraries, which are not. */
import { strideOf, type Network } from '../../src/models/network';
import { NetworkReference } from '../../src/problems/network-reference';
import { startStatistics } from '../../src/problems/start';
import { weightedLayers, type NetworkTask } from './task';

/** Weights (taps × inputs × outputs, row-major) and bias (outputs) of one layer. */
export interface LayerValues {
  readonly weights: Float32Array<ArrayBuffer>;
  readonly bias: Float32Array<ArrayBuffer>;
}

/** By layer with weights, in their order. */
export function unpack(network: Network, flat: ArrayLike<number>): LayerValues[] {
  return weightedLayers(network).map(({ weights: { taps, inputs, outputs, offset }, bias }) => {
    const weights = new Float32Array(taps * inputs * outputs);
    each(taps, inputs, outputs, (own, filled) => (weights[own] = flat[offset + filled]!));
    return { weights, bias: Float32Array.from({ length: outputs }, (_, o) => flat[bias!.offset + o]!) };
  });
}

export function pack(network: Network, layers: readonly { weights: ArrayLike<number>; bias: ArrayLike<number> }[]) {
  const flat = new Float64Array(network.dimension);
  weightedLayers(network).forEach(({ weights: { taps, inputs, outputs, offset }, bias }, k) => {
    const layer = layers[k]!;
    each(taps, inputs, outputs, (own, filled) => (flat[offset + filled] = layer.weights[own]!));
    for (let o = 0; o < outputs; o++) flat[bias!.offset + o] = layer.bias[o]!;
  });
  return flat;
}

/** The training loss at each lane's parameters. */
export function networkLosses({ objective, config }: NetworkTask, lanes: readonly Float64Array[]): Float64Array {
  const reference = new NetworkReference(objective, { seed: config.seed, mode: config.sampling });
  const statistics = startStatistics(objective);
  return Float64Array.from(lanes, (w) => reference.record(w, statistics)[0]!);
}

/** Row numbers of the minibatch of a step; the array is overwritten by the next call. */
export type Rows = (step: number) => Int32Array<ArrayBuffer>;

/** What the engine draws: for the checks. */
export function twinRows({ objective, config, batch }: NetworkTask): Rows {
  const reference = new NetworkReference(objective, { seed: config.seed, mode: config.sampling });
  const key = reference.keys(0).rows;
  const rows = new Int32Array(batch);
  return (step) => rows.map((_, i) => reference.row(key, step, i, batch));
}

/** Drawn as cheaply as JavaScript can: what the clock runs for. */
export function cheapRows({ objective, batch }: NetworkTask): Rows {
  const rows = new Int32Array(batch);
  return () => {
    for (let i = 0; i < batch; i++) rows[i] = (Math.random() * objective.rows.count) | 0;
    return rows;
  };
}

function each(taps: number, inputs: number, outputs: number, visit: (own: number, filled: number) => void): void {
  const [inputStride, outputStride] = [strideOf({ channels: inputs }), strideOf({ channels: outputs })];
  for (let tap = 0; tap < taps; tap++)
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++)
        visit((tap * inputs + i) * outputs + o, (tap * inputStride + i) * outputStride + o);
}
