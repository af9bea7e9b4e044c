/** What is known of a sweep at one moment, as the page shows it and exports it. */
import type { CellOutcome } from '../../engine/sweep/events';
import type { ExperimentConfig, RunConfig } from '../../experiment/config';
import { BATCH_PARAMETER, cellRun, type SweepConfig } from '../../experiment/sweep';
import type { KnownConstants } from '../../theory/spectral';
import { cellAxis, type CellAxis } from './axis';
import type { SweepMap } from './maps';
import { medianDiverged, type Metric } from './metrics';

export interface MapData extends SweepMap {
  /** Keys of the cells, `keys[y * x.values.length + x]`; undefined before the engine has planned them. */
  readonly keys: readonly string[] | undefined;
  /** Exact spectral radius, parallel to `keys`; NaN or undefined where it is not known. */
  readonly radius: Float64Array | undefined;
}

export interface SweepData {
  readonly config: ExperimentConfig;
  readonly sweep: SweepConfig;
  readonly x: CellAxis;
  readonly y: CellAxis;
  readonly maps: readonly MapData[];
  /** Finished cells by key. */
  readonly outcomes: ReadonlyMap<string, CellOutcome>;
  readonly constants: KnownConstants | undefined;
}

/** Fills in the axes. */
export const sweepData = (parts: Omit<SweepData, 'x' | 'y'>): SweepData => ({
  ...parts,
  x: cellAxis(parts.sweep.x),
  y: cellAxis(parts.sweep.y),
});

export interface CellPlace {
  readonly map: number;
  readonly x: number;
  readonly y: number;
}

/** Number of a cell within its map. */
export const cellIndex = (data: SweepData, { x, y }: Pick<CellPlace, 'x' | 'y'>): number =>
  y * data.x.values.length + x;

export function outcomeAt(data: SweepData, place: CellPlace): CellOutcome | undefined {
  const key = data.maps[place.map]?.keys?.[cellIndex(data, place)];
  return key === undefined ? undefined : data.outcomes.get(key);
}

/** The batch size of a cell. */
export function batchAt({ x, y, maps }: SweepData, place: CellPlace): number {
  if (x.parameter === BATCH_PARAMETER) return x.values[place.x]!;
  if (y.parameter === BATCH_PARAMETER) return y.values[place.y]!;
  return maps[place.map]!.run.batch;
}

/** The run of a cell. */
export const runAt = (data: SweepData, { map, x, y }: CellPlace): RunConfig =>
  cellRun(data.maps[map]!.run, data.sweep, { x: data.x.values[x]!, y: data.y.values[y]! }, data.constants);

export interface BestCell extends CellPlace {
  readonly outcome: CellOutcome;
  readonly value: number;
  /** Cells of the map with the same value, this one included. */
  readonly ties: number;
}

/** What is drawn of a cell. */
export const CELL = { pending: 0, diverged: 1, missing: 2, value: 3 } as const;

/** A map read by one metric. Everything per cell is parallel to the map's keys. */
export interface MapValues {
  /** {@link CELL}. */
  readonly kinds: Uint8Array;
  /** NaN where the kind is not `value`. */
  readonly values: Float64Array;
  /** 1 where some lanes diverged, but not the median. */
  readonly risky: Uint8Array;
  readonly finished: number;
  /** Cells whose median lane diverged. */
  readonly diverged: number;
  /**
   * The best finished cell: with the best value, among those with the fewest diverged lanes, then of the smallest batch,
   * then with the smallest loss.
   */
  readonly best: BestCell | undefined;
}

/** Reads all maps in one pass. */
export function readMaps(data: SweepData, metric: Metric): MapValues[] {
  return data.maps.map((_, map) => readMap(data, map, metric));
}

function readMap(data: SweepData, map: number, metric: Metric): MapValues {
  const width = data.x.values.length;
  const count = width * data.y.values.length;
  const kinds = new Uint8Array(count);
  const values = new Float64Array(count).fill(Number.NaN);
  const risky = new Uint8Array(count);
  const { keys } = data.maps[map]!;
  const sign = metric.better === 'low' ? 1 : -1;
  // Read at every frame while a sweep runs: nothing is made for a cell that is not the best so far.
  const perRow = data.y.parameter === BATCH_PARAMETER;
  const batches =
    data.x.parameter === BATCH_PARAMETER ? data.x.values : perRow ? data.y.values : [data.maps[map]!.run.batch];
  let finished = 0;
  let diverged = 0;
  let best: (BestCell & { batch: number }) | undefined;
  for (let index = 0; index < count && keys; index++) {
    const outcome = data.outcomes.get(keys[index]!);
    if (!outcome) continue;
    finished++;
    if (medianDiverged(outcome)) {
      diverged++;
      kinds[index] = CELL.diverged;
      continue;
    }
    const x = index % width;
    const y = (index - x) / width;
    const batch = batches.length === 1 ? batches[0]! : batches[perRow ? y : x]!;
    const value = metric.value(outcome, batch);
    risky[index] = outcome.diverged > 0 ? 1 : 0;
    kinds[index] = value === undefined ? CELL.missing : CELL.value;
    if (value === undefined) continue;
    values[index] = value;
    const order = best
      ? sign * (value - best.value) ||
        outcome.diverged - best.outcome.diverged ||
        batch - best.batch ||
        outcome.loss.median - best.outcome.loss.median
      : -1;
    const ties = best?.value === value ? best.ties + 1 : 1;
    if (order < 0) best = { map, x, y, outcome, value, batch, ties };
    else if (best?.value === value) best = { ...best, ties };
  }
  return { kinds, values, risky, finished, diverged, best };
}

/** Whether every cell of every map is finished. */
export const isFinished = (maps: readonly MapValues[]): boolean =>
  maps.length > 0 && maps.every(({ finished, kinds }) => finished === kinds.length);
