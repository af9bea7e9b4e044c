/** Component-decoupled data (Liu & Belkin 2020, section 5): each sample lies on one coordinate axis. */
import { z } from 'zod';
import { spectrumSchema, spectrumValues } from './spectrum';
import type { ProblemDefinition } from './types';

const schema = z.strictObject({
  kind: z.literal('component-decoupled'),
  /** σ_j²; axis j is drawn with probability 1/d and x = σ_j z e_j, z ~ N(0, 2). */
  variances: spectrumSchema,
});

export const componentDecoupled = {
  kind: 'component-decoupled',
  label: 'Component-decoupled stream',
  summary: 'Each fresh sample lies on one axis: the example on which Nesterov does not accelerate.',
  schema,
  default: { kind: 'component-decoupled', variances: { values: [1, 2 ** -9] } },
  title: ({ variances }) =>
    `Component-decoupled stream, ${spectrumValues(variances).length.toLocaleString('en')} dimensions`,
  prepare: (config) => {
    const scales = spectrumValues(config.variances).map(Math.sqrt);
    return Promise.resolve({
      family: 'least-squares',
      dimension: scales.length,
      coordinates: 'error',
      start: new Float64Array(scales.length).fill(1),
      rows: { kind: 'component-decoupled', scales },
    });
  },
} as const satisfies ProblemDefinition<z.infer<typeof schema>> & { schema: typeof schema };
