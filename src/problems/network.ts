/** Networks: a classifier or a regression on made-up points and pictures, or on the user's own data. */
import { z } from 'zod';
import { DataError } from '../data/table';
import { layersSchema } from '../models/layers';
import { drawUp, type Network } from '../models/network';
import { fullyConnected, presets } from '../models/presets';
import { networkDataSchema, networkRows } from './network-data';
import { trainingSchema } from './training';
import type { NetworkObjective, PrepareContext, ProblemDefinition } from './types';

/** Rows of each kind that a recording looks at, at most: a recording shall not cost more than the steps in between. */
const RECORDED_ROWS = { count: 1024, test: 2048 } as const;

/** The rows that a recording looks at, of so many. */
export const recordedRows = (count: number, test: number) => ({
  count: Math.min(count, RECORDED_ROWS.count),
  test: Math.min(test, RECORDED_ROWS.test),
});

/** Border of the pictures that crops are cut from (He et al. 2016). */
const CROP_PADDING = 4;

export const networkSchema = z.strictObject({
  kind: z.literal('network'),
  data: networkDataSchema,
  /** Trains on random crops and mirror images of pictures. */
  augment: z.enum(['none', 'crop-flip']).optional(),
  /** Share of the rows, drawn at random, that are not trained on. */
  test: z.number().min(0).max(0.9),
  /**
   * Which rows those are: as the files tell, where they do (MNIST's t10k files, CIFAR's test batch), unless it is to be the
   * share `test`.
   */
  split: z.enum(['official', 'fraction']).optional(),
  /** Layers up to the outputs. */
  layers: layersSchema,
  /** Classes by softmax cross-entropy, or values by half the squared error. */
  loss: z.enum(['cross-entropy', 'squared-error']),
  /** Absent: constant step sizes, no weight decay, no clipping. */
  training: trainingSchema.optional(),
});
export type NetworkConfig = z.infer<typeof networkSchema>;

export const defaultNetwork: NetworkConfig = {
  kind: 'network',
  data: { kind: 'moons', rows: 512, noise: 0.1 },
  test: 0.25,
  layers: fullyConnected(1, 64),
  loss: 'cross-entropy',
};

/** Throws `DataError` where the data does not do, and `NetworkError` where the layers do not. */
export async function prepareNetwork(config: NetworkConfig, context: PrepareContext): Promise<NetworkObjective> {
  const { input, outputs, count, test, brightness, ...rows } = await networkRows(
    config.data,
    config,
    config.loss,
    context,
  );
  const cropped = config.augment === 'crop-flip';
  if (cropped && !brightness) throw new DataError('Random crops and mirror images need pictures to train on.');
  const network: Network = {
    ...drawUp(input, config.layers, outputs, config.loss),
    ...(cropped ? { augmentation: { kind: 'crop-flip', image: input, padding: CROP_PADDING } } : {}),
  };
  return {
    family: 'network',
    dimension: network.dimension,
    coordinates: 'weights',
    network,
    ...(config.training ? { training: config.training } : {}),
    rows: {
      kind: 'examples',
      count,
      test,
      recorded: recordedRows(count, test),
      features: rows.features,
      targets: rows.targets,
      ...(rows.classNames ? { classNames: rows.classNames } : {}),
      ...(brightness ? { image: { ...input, ...brightness } } : {}),
    },
  };
}

export const network = {
  kind: 'network',
  label: 'Neural network',
  summary: 'A fully connected, convolutional or residual network on points, pictures or your own data.',
  schema: networkSchema,
  default: defaultNetwork,
  title: ({ data, layers }) => {
    const listed = JSON.stringify(layers);
    const preset = presets.find((one) => JSON.stringify(one.layers) === listed);
    return `${preset?.label ?? 'Network'} on ${data.kind === 'files' ? data.files.join(' + ') || 'no data' : data.kind}`;
  },
  files: ({ data }) => (data.kind === 'files' ? data.files : undefined),
  prepare: prepareNetwork,
} as const satisfies ProblemDefinition<NetworkConfig> & { schema: typeof networkSchema };
