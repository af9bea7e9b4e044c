/** Gaussian features x ~ N(0, diag λ), as an endless stream or as n stored rows; realizable, in error coordinates. */
import { z } from 'zod';
import { gaussianSample, STREAM, streamKey } from '../random/random';
import { spectrumSchema, spectrumValues } from './spectrum';
import type { ProblemDefinition } from './types';

export const MAX_STORED_ROWS = 100_000;

const schema = z.strictObject({
  kind: z.literal('gaussian'),
  /** λ_j, the eigenvalues of the covariance. */
  spectrum: spectrumSchema,
  /** Number of stored rows, or a fresh sample at every draw. */
  rows: z.union([z.number().int().min(1).max(MAX_STORED_ROWS), z.literal('stream')]),
});

export const gaussian = {
  kind: 'gaussian',
  label: 'Gaussian',
  summary: 'Gaussian features with a spectrum of your choice, streamed or stored.',
  schema,
  default: { kind: 'gaussian', spectrum: { values: [1, 1, 2 ** -9] }, rows: 'stream' },
  title: ({ spectrum, rows }) =>
    `Gaussian, ${spectrumValues(spectrum).length.toLocaleString('en')} dimensions, ${rows === 'stream' ? 'stream' : `${rows.toLocaleString('en')} rows`}`,
  prepare: (config, { seed }) => {
    const scales = spectrumValues(config.spectrum).map(Math.sqrt);
    const dimension = scales.length;
    const shared = {
      family: 'least-squares',
      dimension,
      coordinates: 'error',
      start: new Float64Array(dimension).fill(1),
    } as const;
    if (config.rows === 'stream') return Promise.resolve({ ...shared, rows: { kind: 'gaussian', scales } });
    const key = streamKey(seed, STREAM.data, 0);
    const features = new Float32Array(config.rows * dimension);
    for (let i = 0; i < config.rows; i++)
      gaussianSample(key, i, 0, scales, features.subarray(i * dimension, (i + 1) * dimension));
    return Promise.resolve({
      ...shared,
      rows: { kind: 'stored', count: config.rows, features, targets: new Float32Array(config.rows) },
    });
  },
} as const satisfies ProblemDefinition<z.infer<typeof schema>> & { schema: typeof schema };
