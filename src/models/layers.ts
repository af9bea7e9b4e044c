/**
 * Networks as data: a list of layers, checked by this schema, drawn up by `network.ts` into tensors and operations.
 * Activations are channels-last (height × width × channels); a vector is 1 × 1 × units.
 */
import { z } from 'zod';

const units = z.number().int().min(1).max(16_384);

/** Fully connected with bias; reads the whole input as one vector. */
export const denseLayerSchema = z.strictObject({ kind: z.literal('dense'), units });
export const reluLayerSchema = z.strictObject({ kind: z.literal('relu') });

export const simpleLayerSchema = z.discriminatedUnion('kind', [
  denseLayerSchema,
  reluLayerSchema,
  /** Convolution with zero padding size/2: the image keeps its size, divided by the stride (rounded up). */
  z.strictObject({
    kind: z.literal('convolution'),
    channels: z.number().int().min(1).max(1024),
    size: z.union([z.literal(1), z.literal(3)]),
    stride: z.union([z.literal(1), z.literal(2)]).optional(),
    /** Off before a batch normalisation, whose shift does the same. */
    bias: z.boolean().optional(),
  }),
  /** Zeroes activations with this probability while training, and scales the others by 1/(1 − rate). */
  z.strictObject({ kind: z.literal('dropout'), rate: z.number().gt(0).lt(1) }),
  /** 2 × 2 windows, stride 2; an odd last row or column is left out. */
  z.strictObject({ kind: z.literal('max-pool') }),
  /** Mean over the image, per channel. */
  z.strictObject({ kind: z.literal('global-average-pool') }),
  /** Per channel: the minibatch's statistics while training, running ones for evaluation. */
  z.strictObject({ kind: z.literal('batch-norm') }),
]);
export type SimpleLayer = z.infer<typeof simpleLayerSchema>;

/**
 * x + F(x); where F changes the shape, x goes through a 1 × 1 convolution of the stride that fits (He et al. 2016, projection
 * shortcut).
 */
export const residualLayerSchema = z.strictObject({
  kind: z.literal('residual'),
  layers: z.array(simpleLayerSchema).min(1).max(16),
});

export const layerSchema = z.union([simpleLayerSchema, residualLayerSchema]);
export type LayerConfig = z.infer<typeof layerSchema>;

/** The layers up to the outputs: the last dense layer, of as many units as the data has classes, is added by itself. */
export const layersSchema = z.array(layerSchema).max(128);
