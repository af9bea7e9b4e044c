/** The axes of a sweep: which there can be, where they begin, what may be typed, and what a region makes of them. */
import { ConfigError, LIMITS, type ExperimentConfig, type RunConfig } from '../experiment/config';
import { axisParameter, axisValues, BATCH_PARAMETER, type SweepAxis, type SweepConfig } from '../experiment/sweep';
import { sweepIssues } from '../experiment/sweep-checks';
import { optimizerOf } from '../optimizers/registry';
import { ANY_RANK_ROWS } from '../theory/kernel-rows';
import { suggestedEta } from '../theory/optimal';
import { batchConstants, isComplete, type KnownConstants } from '../theory/spectral';
import { isGradientScaled } from './experiment-store';

export type AxisName = 'x' | 'y';

/** Cells that an axis begins with. */
const CELLS = 16;
/** The largest batch that a sweep begins with: what lies beyond costs too much to look at unasked. */
const LARGEST_START = 1024;
const TOLERANCE = 1e-6;

const tidy = (value: number) => Number(value.toPrecision(2));

/** What an axis can be of: the batch size and every hyper-parameter of the runs that are switched on. */
export function axisParameters(runs: readonly RunConfig[]): string[] {
  const enabled = runs.filter((run) => run.enabled !== false);
  return [
    ...new Set([BATCH_PARAMETER, ...enabled.flatMap((run) => optimizerOf(run.optimizer).hyper.map(({ key }) => key))]),
  ];
}

/** An axis over the values of a parameter that are worth a look on a problem. */
export function defaultAxis(
  parameter: string,
  config: ExperimentConfig,
  constants: KnownConstants | undefined,
): SweepAxis {
  const [from, to] = defaultEnds(parameter, config, constants);
  const count =
    parameter === BATCH_PARAMETER
      ? // Every power of two, and one between each two of them.
        Math.min(CELLS, Math.max(2, 2 * Math.round(Math.log2(to / from)) + 1))
      : CELLS;
  return { parameter, from, to, count };
}

function defaultEnds(
  parameter: string,
  config: ExperimentConfig,
  constants: KnownConstants | undefined,
): readonly [from: number, to: number] {
  const known = constants && constants.L > 0 && Number.isFinite(constants.L1) ? constants : undefined;
  if (parameter === BATCH_PARAMETER) {
    // Past m₂*, where larger batches buy nothing any more.
    const m2 = known ? Math.max(known.L1 / known.L, known.kappaTilde ?? 1) : 16;
    const most = Math.min(
      LARGEST_START,
      2 ** Math.ceil(Math.log2(4 * m2)),
      // Epochs count samples in 32 bits.
      config.sampling === 'epochs' ? 2 ** Math.floor(Math.log2((2 ** 32 - 1) / config.steps)) : LIMITS.batch,
    );
    return [1, Math.max(2, most)];
  }
  if (parameter === 'eta') {
    const scaled = config.runs.some((run) => run.enabled !== false && isGradientScaled(run.optimizer));
    if (!known || !scaled) return [1e-4, 1];
    // From well below the smallest 1/L_m to beyond where SGD itself diverges at any batch size, 2/L.
    return [tidy(suggestedEta(known, 1) / 30), tidy(4 / known.L)];
  }
  const hyper = axisParameter(parameter);
  if (!hyper) return [0.1, 1];
  if (hyper.scale === 'log-to-one') return [0, parameter.startsWith('beta') ? 0.999 : 0.99];
  if (known && isComplete(known)) {
    const { kappa, kappaTilde } = batchConstants(known, 1);
    if (parameter === 'alpha') return [tidy(Math.min(0.1, 0.1 / Math.sqrt(kappa * kappaTilde))), 1];
    if (parameter === 'kappaTilde') return [1, tidy(4 * kappaTilde)];
  }
  return [hyper.slider.min, hyper.slider.max];
}

/** The sweep that an experiment begins with: batch size by step size. */
export function defaultSweep(config: ExperimentConfig, constants: KnownConstants | undefined): SweepConfig {
  return {
    x: defaultAxis(BATCH_PARAMETER, config, constants),
    y: defaultAxis('eta', config, constants),
    others: 'fixed',
    tolerance: TOLERANCE,
    stopAtTolerance: true,
  };
}

/** The sweep with another parameter on an axis; the parameter of the other axis makes the two change places. */
export function withParameter(
  sweep: SweepConfig,
  axis: AxisName,
  parameter: string,
  config: ExperimentConfig,
  constants: KnownConstants | undefined,
): SweepConfig {
  if (sweep[axis].parameter === parameter) return sweep;
  const other = axis === 'x' ? 'y' : 'x';
  if (sweep[other].parameter === parameter) return { ...sweep, x: sweep.y, y: sweep.x };
  return { ...sweep, [axis]: { ...defaultAxis(parameter, config, constants), count: sweep[axis].count } };
}

/** What is wrong with a number typed for an axis; undefined for a good one. */
export function axisIssue(
  sweep: SweepConfig,
  axis: AxisName,
  field: 'from' | 'to',
  value: number,
  config: ExperimentConfig,
): string | undefined {
  const candidate = { ...sweep, [axis]: { ...sweep[axis], [field]: value } };
  const issue = sweepIssues(candidate, config, LIMITS.batch).find(
    ({ path }) => path[0] === axis && (path[1] === field || (value === candidate[axis].from && path[1] === 'to')),
  );
  if (!issue) return undefined;
  return candidate.x.from === candidate.x.to || candidate.y.from === candidate.y.to
    ? 'First and last value must differ.'
    : `The ${field === 'from' ? 'first' : 'last'} value ${issue.message.replace(/, is .*$/, '')}.`;
}

/**
 * Why the cells of a sweep cannot have the paper's optimal values; undefined where they can. A sweep works out
 * what takes long; `rows` is the number of stored ones.
 */
export function whyNotOptimal(
  { problem }: ExperimentConfig,
  constants: KnownConstants | undefined,
  rows?: number,
): string | undefined {
  if (problem.kind === 'network') return 'There are none for networks: the paper proves them of quadratic losses.';
  if (!constants || constants.L1IsBound || isComplete(constants)) return undefined;
  return problem.kind === 'kernel-regression' && rows !== undefined && rows <= ANY_RANK_ROWS
    ? undefined
    : 'Theory cannot work them out for this problem.';
}

export interface Region {
  /** Cells, both ends included. */
  readonly x: readonly [from: number, to: number];
  readonly y: readonly [from: number, to: number];
}

/** The sweep over a region of its cells, in as many cells as before. */
export function refined(sweep: SweepConfig, region: Region): SweepConfig {
  return { ...sweep, x: narrowed(sweep.x, region.x), y: narrowed(sweep.y, region.y) };
}

/** An axis from cell to cell. A single cell reaches to its neighbours: between the ends there must be something. */
function narrowed(axis: SweepAxis, [from, to]: readonly [number, number]): SweepAxis {
  const values = axisValues(axis);
  const [first, last] = from === to ? [Math.max(0, from - 1), Math.min(values.length - 1, to + 1)] : [from, to];
  return { ...axis, from: values[first]!, to: values[last]! };
}

/** What speaks against a sweep, in words; undefined where nothing does. */
export function sweepProblem(sweep: SweepConfig, config: ExperimentConfig): string | undefined {
  const issues = sweepIssues(sweep, config, LIMITS.batch);
  if (issues.length === 0) return undefined;
  return new ConfigError(issues.map(({ path, message }) => ({ path: ['sweep', ...path].join('.'), message }))).message;
}
