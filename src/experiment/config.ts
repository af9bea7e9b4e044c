/**
 * `ExperimentConfig`: the one JSON document behind the page, the permalink, files, the command line, tests and
 * benchmarks. Checked with this schema at every door; an error names the field.
 */
import { z } from 'zod';
import { unicodeText } from '../data/unicode';
import { optimizerIds, optimizerOf, type OptimizerId } from '../optimizers/registry';
import { problemSchema, type ProblemConfig } from '../problems/registry';
import { sweepSchema } from './sweep';
import { sweepIssues } from './sweep-checks';
import { range, within } from './valid-range';

export const LIMITS = {
  lanesPerRun: 1024,
  runs: 1024,
  steps: 100_000_000,
  batch: 65_536,
} as const;

export const runSchema = z
  .strictObject({
    optimizer: z.enum(optimizerIds),
    /** Minibatch size m. */
    batch: z.number().int().min(1).max(LIMITS.batch),
    hyper: z.record(z.string(), z.number()),
    label: unicodeText.max(80).optional(),
    /** Shown but not run when false. */
    enabled: z.boolean().optional(),
  })
  .superRefine((run, context) => {
    const definition = optimizerOf(run.optimizer);
    const known = new Set(definition.hyper.map((h) => h.key));
    for (const key of Object.keys(run.hyper))
      if (!known.has(key))
        context.addIssue({
          code: 'custom',
          path: ['hyper', key],
          message: `${definition.label} has no hyper-parameter "${key}" (it has ${[...known].join(', ')})`,
        });
    for (const h of definition.hyper) {
      const value = run.hyper[h.key];
      if (value === undefined)
        context.addIssue({ code: 'custom', path: ['hyper', h.key], message: `is missing (${h.label})` });
      else if (!within(h.valid, value))
        context.addIssue({ code: 'custom', path: ['hyper', h.key], message: `must be ${range(h.valid)}, is ${value}` });
    }
  });

export const experimentSchema = z
  .strictObject({
    version: z.literal(1),
    problem: problemSchema,
    runs: z.array(runSchema).min(1).max(LIMITS.runs),
    /** Lanes per run: each repeats the run with its own minibatches. */
    seeds: z.number().int().min(1).max(LIMITS.lanesPerRun),
    /** Root seed (u32) of everything random. */
    seed: z.number().int().min(0).max(0xffffffff),
    steps: z.number().int().min(1).max(LIMITS.steps),
    evalEvery: z.union([z.number().int().min(1), z.literal('auto')]),
    /** Minibatch rows drawn with replacement, or by shuffled epochs (stored rows only; streams ignore it). */
    sampling: z.enum(['replacement', 'epochs']),
    /** A lane has diverged when its loss exceeds this multiple of the first one, or is not finite. */
    divergenceFactor: z.number().min(2).max(1e30),
    /** What the runs are swept over: the race does without. */
    sweep: sweepSchema.optional(),
  })
  .superRefine((config, context) => {
    if (config.evalEvery !== 'auto' && config.steps / config.evalEvery > 100_000)
      context.addIssue({
        code: 'custom',
        path: ['evalEvery'],
        message: `would record ${Math.ceil(config.steps / config.evalEvery)} points per lane; at most 100000`,
      });
    config.runs.forEach((run, k) => {
      if (config.sampling === 'epochs' && run.batch * config.steps >= 2 ** 32)
        context.addIssue({
          code: 'custom',
          path: ['runs', k, 'batch'],
          message: 'batch × steps must stay below 2³² when sampling by epochs',
        });
    });
    if (config.sweep)
      for (const { path, message } of sweepIssues(config.sweep, config, LIMITS.batch))
        context.addIssue({ code: 'custom', path: ['sweep', ...path], message });
  });

export type RunConfig = z.infer<typeof runSchema>;
export type ExperimentConfig = z.infer<typeof experimentSchema>;
export type { OptimizerId, ProblemConfig };
export { range } from './valid-range';

/** A document that is not a valid configuration; `issues` name the fields. Safe to show to the user. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly issues: readonly { readonly path: string; readonly message: string }[]) {
    super(issues.map((issue) => (issue.path ? `${issue.path}: ${issue.message}` : issue.message)).join('; '));
  }
}

/** Checks any value against a schema; throws {@link ConfigError}. */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map((issue) => ({
      path: issue.path
        .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
        .join('')
        .replace(/^\./, ''),
      message: issue.message,
    })),
  );
}

export const parseExperiment = (value: unknown): ExperimentConfig => parseWith(experimentSchema, value);

/**
 * Identity of a run: two runs with one key compute the same lanes. Labels and visibility do not count.
 */
export function runKey(run: RunConfig): string {
  const hyper = optimizerOf(run.optimizer).hyper.map((h) => `${h.key}=${run.hyper[h.key]}`);
  return [run.optimizer, `batch=${run.batch}`, ...hyper].join(' ');
}
