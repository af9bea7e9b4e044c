/** Edits of a list of layers; lists are never changed in place. */
import type { LayerConfig, SimpleLayer } from '../models/layers';

/** What a new layer of each kind begins as. */
export const NEW_LAYER = {
  dense: { kind: 'dense', units: 64 },
  relu: { kind: 'relu' },
  convolution: { kind: 'convolution', channels: 16, size: 3 },
  'batch-norm': { kind: 'batch-norm' },
  'max-pool': { kind: 'max-pool' },
  'global-average-pool': { kind: 'global-average-pool' },
  dropout: { kind: 'dropout', rate: 0.5 },
  residual: {
    kind: 'residual',
    layers: [
      { kind: 'convolution', channels: 16, size: 3, bias: false },
      { kind: 'batch-norm' },
      { kind: 'relu' },
      { kind: 'convolution', channels: 16, size: 3, bias: false },
      { kind: 'batch-norm' },
    ],
  },
} as const satisfies { readonly [K in LayerConfig['kind']]: LayerConfig & { readonly kind: K } };

export const LAYER_NAMES: Readonly<Record<LayerConfig['kind'], string>> = {
  dense: 'Fully connected',
  relu: 'ReLU',
  convolution: 'Convolution',
  'batch-norm': 'Batch norm',
  'max-pool': 'Max pooling',
  'global-average-pool': 'Average pooling',
  dropout: 'Dropout',
  residual: 'Residual block',
};

/** Kinds in the order in which they are offered; a block cannot stand in a block. */
export const SIMPLE_KINDS = [
  'dense',
  'relu',
  'convolution',
  'batch-norm',
  'max-pool',
  'global-average-pool',
  'dropout',
] as const satisfies readonly SimpleLayer['kind'][];
export const LAYER_KINDS = [...SIMPLE_KINDS, 'residual'] as const satisfies readonly LayerConfig['kind'][];

export const replaced = <L>(layers: readonly L[], at: number, layer: L): L[] => layers.with(at, layer);
export const removed = <L>(layers: readonly L[], at: number): L[] => layers.toSpliced(at, 1);
export const added = <L>(layers: readonly L[], layer: L): L[] => [...layers, layer];

/** The layer at `at` one place earlier (−1) or later (1); the list as it is where there is no such place. */
export function moved<L>(layers: readonly L[], at: number, by: -1 | 1): L[] {
  const to = at + by;
  if (to < 0 || to >= layers.length) return [...layers];
  return layers.toSpliced(at, 1).toSpliced(to, 0, layers[at]!);
}
