/**
 * What a sweep computes: the cells of all maps, which of them share lanes, and in what order they come: coarse grid first,
 * so that a picture of all maps is there early and then sharpens.
 */
import { runKey, type ExperimentConfig, type RunConfig } from '../../experiment/config';
import { axisValues, cellRun, sweptRuns, type SweepConfig } from '../../experiment/sweep';
import type { KnownConstants } from '../../theory/spectral';

export type SweptConfig = ExperimentConfig & { readonly sweep: SweepConfig };

/** A run of a sweep, and how many cells of the maps it stands for. */
export interface PlannedCell {
  /** `runKey` of its run. */
  readonly key: string;
  readonly run: RunConfig;
  readonly places: number;
  /** Grid that it first belongs to: 0 is the coarsest. */
  readonly level: number;
}

export interface SweepPlan {
  /** The map's own runs. */
  readonly runs: readonly RunConfig[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** `keys[map][y * x.length + x]`. */
  readonly keys: readonly (readonly string[])[];
  /** Distinct runs, by level; within a level by batch size, since lanes of one seed and batch share their rows. */
  readonly cells: readonly PlannedCell[];
  /** Cells of all maps, those that share lanes counted one by one. */
  readonly total: number;
}

/** Most places along an axis from one cell of the coarsest grid to the next. */
const COARSEST = 8;

/** The cells of a sweep on a problem with these constants. */
export function sweepPlan(config: SweptConfig, constants: KnownConstants | undefined): SweepPlan {
  const { sweep } = config;
  const runs = sweptRuns(config);
  const x = axisValues(sweep.x);
  const y = axisValues(sweep.y);
  const [levelX, levelY] = [levels(x.length), levels(y.length)];
  const found = new Map<string, { run: RunConfig; places: number; level: number }>();
  const keys = runs.map((template) =>
    y.flatMap((yValue, j) =>
      x.map((xValue, i) => {
        const run = cellRun(template, sweep, { x: xValue, y: yValue }, constants);
        const key = runKey(run);
        const level = Math.max(levelX[i]!, levelY[j]!);
        const cell = found.get(key);
        if (cell) {
          cell.places++;
          cell.level = Math.min(cell.level, level);
        } else found.set(key, { run, places: 1, level });
        return key;
      }),
    ),
  );
  const cells = [...found]
    .map(([key, cell]): PlannedCell => ({ key, ...cell }))
    // The sort is stable: the order of the maps stays within.
    .sort((a, b) => a.level - b.level || a.run.batch - b.run.batch);
  return { runs, x, y, keys, cells, total: runs.length * x.length * y.length };
}

/** The grid that each of n places along an axis first belongs to: every 8th, then every 4th, every 2nd, every one. */
export function levels(n: number): number[] {
  const stride = Math.min(COARSEST, 2 ** Math.floor(Math.log2(Math.max(1, n - 1))));
  return Array.from({ length: n }, (_, k) => {
    let level = 0;
    for (let step = stride; k % step !== 0; step /= 2) level++;
    return level;
  });
}
