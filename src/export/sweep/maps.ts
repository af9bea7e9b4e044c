/** The maps of a sweep: one for every enabled run that differs from the others off the axes. */
import { runKey, type ExperimentConfig, type RunConfig } from '../../experiment/config';
import { axisValues, BATCH_PARAMETER, sweptRuns, type SweepConfig } from '../../experiment/sweep';
import { optimizerOf } from '../../optimizers/registry';
import { optimalHyper } from '../../theory/optimal';
import { isComplete, type KnownConstants } from '../../theory/spectral';
import { runLabels } from '../figure/labels';

export interface SweepMap {
  /** Identity: two runs with one key have the same cells. */
  readonly key: string;
  readonly run: RunConfig;
  readonly label: string;
}

/**
 * The enabled runs without those whose every cell another one has as well (they differ only in what the axes replace).
 * Labels say what still tells maps apart.
 */
export function sweepMaps(
  config: ExperimentConfig,
  sweep: SweepConfig,
  constants: KnownConstants | undefined,
): SweepMap[] {
  const distinct = new Map<string, RunConfig>();
  for (const run of sweptRuns(config)) {
    const key = mapKey(run, sweep, constants);
    if (!distinct.has(key)) distinct.set(key, run);
  }
  const entries = [...distinct];
  const runs = entries.map(([, run]) => run);
  const labels = mapLabels(runs, sweep, constants);
  return entries.map(([key, run], k) => ({ key, run, label: labels[k]! }));
}

/** What tells the maps of these runs apart. */
export const mapLabels = (
  runs: readonly RunConfig[],
  sweep: SweepConfig,
  constants: KnownConstants | undefined,
): string[] =>
  runLabels(
    runs.map((run) => {
      const { optimizer, batch, hyper } = offAxes(run, sweep, constants);
      return { optimizer, batch, hyper, ...(run.label === undefined ? {} : { label: run.label }) };
    }),
  );

/** Identity of a run's map: what the run is off the axes. */
export const mapKey = (run: RunConfig, sweep: SweepConfig, constants: KnownConstants | undefined): string =>
  runKey(offAxes(run, sweep, constants));

/** Identities of a run's map with and without optimal hyper-parameters: a document does not tell if its problem has them. */
export function possibleMapKeys(run: RunConfig, sweep: SweepConfig): string[] {
  const none = Object.fromEntries(Object.keys(run.hyper).map((key) => [key, 0]));
  const keys = [run, ...(sweep.others === 'optimal' ? [{ ...run, hyper: none }] : [])];
  return keys.map((one) => mapKey(one, sweep, undefined));
}

/** A run with nothing left of it that its cells do not keep. */
function offAxes(run: RunConfig, sweep: SweepConfig, constants: KnownConstants | undefined): RunConfig {
  const swept = new Set([sweep.x.parameter, sweep.y.parameter]);
  const optimal =
    sweep.others === 'optimal' &&
    constants !== undefined &&
    isComplete(constants) &&
    optimalHyper(run.optimizer, constants, 1) !== undefined;
  return {
    optimizer: run.optimizer,
    batch: swept.has(BATCH_PARAMETER) ? 0 : run.batch,
    hyper: Object.fromEntries(
      Object.entries(run.hyper).map(([key, value]) => [key, optimal || swept.has(key) ? 0 : value]),
    ),
  };
}

/** Whether the cells of a run differ along a parameter. */
const has = (run: RunConfig, parameter: string): boolean =>
  parameter === BATCH_PARAMETER || optimizerOf(run.optimizer).hyper.some(({ key }) => key === parameter);

export interface SweepSize {
  readonly maps: number;
  /** Cells of a map, along x and y. */
  readonly x: number;
  readonly y: number;
  /** Lanes: those of cells that come to the same run counted once. */
  readonly lanes: number;
  /** Lane-steps, should no lane end early. */
  readonly work: number;
}

/** How large a sweep is. */
export function sweepSize(config: ExperimentConfig, sweep: SweepConfig, maps: readonly SweepMap[]): SweepSize {
  const x = axisValues(sweep.x).length;
  const y = axisValues(sweep.y).length;
  const cells = maps.reduce(
    (sum, { run }) => sum + (has(run, sweep.x.parameter) ? x : 1) * (has(run, sweep.y.parameter) ? y : 1),
    0,
  );
  const lanes = cells * config.seeds;
  return { maps: maps.length, x, y, lanes, work: lanes * config.steps };
}
