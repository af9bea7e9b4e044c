/**
 * Sweeps: every enabled run of an experiment over two axes of hyper-parameters or batch sizes, one map a run. A cell is
 * the run with the two values of its place; cells that come to the same run share their lanes.
 */
import { z } from 'zod';
import { optimizerOf, optimizers } from '../optimizers/registry';
import type { HyperParameter, Scale } from '../optimizers/types';
import { optimalHyper } from '../theory/optimal';
import { isComplete, type KnownConstants } from '../theory/spectral';
import type { ExperimentConfig, RunConfig } from './config';

/** Cells along an axis. */
export const AXIS_CELLS = { least: 2, most: 64 } as const;

/** The name of the batch size among the parameters of an axis; the others are keys of hyper-parameters. */
export const BATCH_PARAMETER = 'batch';

export const axisSchema = z.strictObject({
  /** `batch`, or the key of a hyper-parameter of one of the runs. */
  parameter: z.string(),
  /** First and last value; in between the values are spread as on the parameter's slider. */
  from: z.number(),
  to: z.number(),
  count: z.number().int().min(AXIS_CELLS.least).max(AXIS_CELLS.most),
});
export type SweepAxis = z.infer<typeof axisSchema>;

export const sweepSchema = z.strictObject({
  x: axisSchema,
  y: axisSchema,
  /** What the hyper-parameters off the axes are: as the run has them, or the paper's optimal ones of the cell's batch. */
  others: z.enum(['fixed', 'optimal']),
  /** A lane has arrived when its loss is at most this share of its first one. */
  tolerance: z.number().positive().max(1),
  /** Whether a lane ends where it has arrived; otherwise it takes all steps. */
  stopAtTolerance: z.boolean(),
});
export type SweepConfig = z.infer<typeof sweepSchema>;

/** The descriptor of an axis; undefined for the batch size and for unknown keys. */
export function axisParameter(parameter: string): HyperParameter | undefined {
  for (const optimizer of optimizers) for (const hyper of optimizer.hyper) if (hyper.key === parameter) return hyper;
  return undefined;
}

/** How the values of an axis are spread. */
export const axisScale = (parameter: string): Scale => axisParameter(parameter)?.scale ?? 'log';

/** The values of an axis, from `from` to `to`; batch sizes are whole, and fewer where two would be the same. */
export function axisValues({ parameter, from, to, count }: SweepAxis): number[] {
  const scale = axisScale(parameter);
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  const values = [from];
  for (let k = 1; k < count - 1; k++) {
    const value = spread(scale, from, to, k / (count - 1));
    // Rounding must lead neither beyond the ends nor back, where these are neighbours.
    const [least, most] = from < to ? [values.at(-1)!, high] : [low, values.at(-1)!];
    values.push(Math.min(most, Math.max(least, value)));
  }
  values.push(to);
  return parameter === BATCH_PARAMETER ? [...new Set(values.map(Math.round))] : values;
}

/** The value a share of the way from one end to the other, as a scale sees it; no intermediate result overflows. */
function spread(scale: Scale, from: number, to: number, share: number): number {
  if (scale === 'log' && Math.min(from, to) > 0) return from ** (1 - share) * to ** share;
  if (scale === 'log-to-one') return 1 - (1 - from) ** (1 - share) * (1 - to) ** share;
  return from * (1 - share) + to * share;
}

/** One place of one map. */
export interface SweepCell {
  /** Number of the enabled run that the map is of. */
  readonly map: number;
  /** Indices into the axes' values. */
  readonly x: number;
  readonly y: number;
  readonly run: RunConfig;
}

/**
 * The run at a place of a map. `others: 'optimal'` needs the problem's constants; a run without optimal hyper-parameters,
 * or without them known, keeps its own.
 */
export function cellRun(
  template: RunConfig,
  sweep: SweepConfig,
  at: { readonly x: number; readonly y: number },
  constants: KnownConstants | undefined,
): RunConfig {
  const set = new Map([
    [sweep.x.parameter, at.x],
    [sweep.y.parameter, at.y],
  ]);
  const batch = set.get(BATCH_PARAMETER) ?? template.batch;
  const optimal =
    sweep.others === 'optimal' && constants && isComplete(constants)
      ? optimalHyper(template.optimizer, constants, batch)
      : undefined;
  const hyper = Object.fromEntries(
    optimizerOf(template.optimizer).hyper.map(({ key }) => [
      key,
      set.get(key) ?? optimal?.[key] ?? template.hyper[key]!,
    ]),
  );
  return { optimizer: template.optimizer, batch, hyper };
}

/** The enabled runs of an experiment: one map each. */
export const sweptRuns = (config: ExperimentConfig): RunConfig[] => config.runs.filter((run) => run.enabled !== false);
