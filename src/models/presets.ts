/** Ready-made networks. */
import type { LayerConfig, SimpleLayer } from './layers';

export interface Preset {
  readonly id: string;
  readonly label: string;
  /** One sentence: what it is and where it comes from. */
  readonly summary: string;
  readonly layers: readonly LayerConfig[];
}

/** Hidden layers of `width` units, each with a ReLU. */
export const fullyConnected = (hidden: number, width: number) =>
  Array.from({ length: hidden }, () => [{ kind: 'dense' as const, units: width }, { kind: 'relu' as const }]).flat();

const convolution = (channels: number, stride: 1 | 2 = 1): SimpleLayer[] => [
  { kind: 'convolution', channels, size: 3, stride, bias: false },
  { kind: 'batch-norm' },
];

/** He et al. 2016, section 4.2: 6n + 2 layers for 32 × 32 images; n blocks of 16, of 32 and of 64 channels. */
export function residualNetwork(n: number): LayerConfig[] {
  const layers: LayerConfig[] = [...convolution(16), { kind: 'relu' }];
  for (const [stage, channels] of [16, 32, 64].entries())
    for (let block = 0; block < n; block++)
      layers.push(
        {
          kind: 'residual',
          layers: [
            ...convolution(channels, stage > 0 && block === 0 ? 2 : 1),
            { kind: 'relu' },
            ...convolution(channels),
          ],
        },
        { kind: 'relu' },
      );
  return [...layers, { kind: 'global-average-pool' }];
}

/** Liu & Belkin 2020, appendix: two convolutions of 64 and one of 128 channels, then 128 units. */
const stage = (channels: number, normalised: boolean): LayerConfig[] => [
  { kind: 'convolution', channels, size: 3, ...(normalised ? { bias: false } : {}) },
  ...(normalised ? [{ kind: 'batch-norm' } as const] : []),
  { kind: 'relu' },
];
const convolutional = (normalised: boolean): LayerConfig[] => [
  ...stage(64, normalised),
  { kind: 'max-pool' },
  ...stage(64, normalised),
  { kind: 'max-pool' },
  ...stage(128, normalised),
  { kind: 'dense', units: 128 },
  ...(normalised ? [{ kind: 'batch-norm' } as const] : []),
  { kind: 'relu' },
  ...(normalised ? [] : [{ kind: 'dropout', rate: 0.5 } as const]),
];

const resnet = (depth: 8 | 14 | 20 | 32): Preset => ({
  id: `resnet-${depth}`,
  label: `ResNet-${depth}`,
  summary: `A residual network of ${depth} layers for small colour images (He et al. 2016).`,
  layers: residualNetwork((depth - 2) / 6),
});

export const presets: readonly Preset[] = [
  {
    id: 'two-layer',
    label: 'Two-layer ReLU net',
    summary: 'One hidden layer: wide enough, it fits any labels.',
    layers: fullyConnected(1, 64),
  },
  {
    id: 'fully-connected',
    label: 'Fully connected, 3 × 80',
    summary: 'Three hidden layers of 80 units: the fully connected network of the MaSS paper.',
    layers: fullyConnected(3, 80),
  },
  {
    id: 'convolutional',
    label: 'Convolutional, dropout',
    summary: 'Three convolutions, 128 units and dropout: the convolutional network of the MaSS paper.',
    layers: convolutional(false),
  },
  {
    id: 'convolutional-norm',
    label: 'Convolutional, batch norm',
    summary: 'The same with batch normalisation instead of dropout.',
    layers: convolutional(true),
  },
  resnet(8),
  resnet(14),
  resnet(20),
  resnet(32),
];
