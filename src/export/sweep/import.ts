/** A sweep's document that comes in: checked, and as the page keeps sweeps. */
import type { CellOutcome } from '../../engine/sweep/events';
import { ConfigError, runKey, type RunConfig } from '../../experiment/config';
import { axisValues, BATCH_PARAMETER, sweptRuns } from '../../experiment/sweep';
import type { CellResult, PartialSweepResult } from '../../experiment/sweep-result';
import { SIDE_METRICS, isAccuracy } from '../../problems/metrics';
import { mapKey } from './maps';

/** Two computers may round the values of an axis differently in the last digits. */
const ROUNDING = 1e-9;

/** What the schema cannot say of a sweep's document. Throws {@link ConfigError} with the place. */
export function checkSweepResult({ config, x, y, maps }: PartialSweepResult): void {
  const { sweep } = config;
  for (const [name, found] of Object.entries({ x, y })) {
    const expected = axisValues(sweep[name as 'x' | 'y']);
    if (found.length !== expected.length) throw error(name, `must have ${expected.length} values, has ${found.length}`);
    found.forEach((value, k) => {
      if (!near(value, expected[k]!)) throw error(`${name}[${k}]`, `must be ${expected[k]}, is ${value}`);
    });
  }
  const runs = new Set(sweptRuns(config).map((run) => mapKey(run, sweep, undefined)));
  maps.forEach(({ run, cells }, map) => {
    if (!runs.delete(mapKey(run, sweep, undefined)))
      throw error(`maps[${map}].run`, 'is none of the runs that are switched on, or the run of another map');
    cells.forEach((cell, k) => {
      const at = `maps[${map}].cells[${k}]`;
      if (!cell) return;
      if (cell.diverged > cell.lanes)
        throw error(`${at}.diverged`, `must be at most ${cell.lanes}, is ${cell.diverged}`);
      const place = [
        [sweep.x.parameter, x[k % x.length]!],
        [sweep.y.parameter, y[Math.floor(k / x.length)]!],
      ] as const;
      for (const [parameter, value] of place) {
        const batch = parameter === BATCH_PARAMETER;
        const found = batch ? cell.batch : cell.hyper[parameter];
        // A run need not have the parameter of an axis.
        if (found !== undefined && !near(found, value))
          throw error(`${at}.${batch ? 'batch' : `hyper.${parameter}`}`, `must be ${value}, is ${found}`);
      }
    });
  });
}

/** What a cell came to, as the engine tells it. */
export function outcomeOf(run: RunConfig, cell: CellResult): CellOutcome {
  const { batch, hyper, lanes, diverged, divergedAt, loss, start, rate, stepsToTolerance, steps } = cell;
  const side = SIDE_METRICS.flatMap((metric) => {
    const value = cell[metric];
    if (value === undefined) return [];
    return [[metric, value ?? (isAccuracy(metric) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY)]];
  });
  return {
    key: runKey({ optimizer: run.optimizer, batch, hyper }),
    lanes,
    diverged,
    ...(divergedAt === undefined ? {} : { divergedAt }),
    loss: { median: finite(loss.median), low: finite(loss.low), high: finite(loss.high) },
    ...(side.length > 0 ? { side: Object.fromEntries(side) as NonNullable<CellOutcome['side']> } : {}),
    start,
    ...(rate === undefined ? {} : { rate }),
    ...(stepsToTolerance === undefined ? {} : { stepsToTolerance }),
    steps,
  };
}

/** JSON has no infinity: null stands for it. */
export const finite = (value: number | null): number => value ?? Number.POSITIVE_INFINITY;

const near = (a: number, b: number) => Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b));

const error = (path: string, message: string) => new ConfigError([{ path, message }]);
