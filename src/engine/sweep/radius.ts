/** The exact spectral radius at every cell of a sweep's maps, beside the computing of the cells. */
import type { RunConfig } from '../../experiment/config';
import type { LeastSquares } from '../../problems/types';
import { exactTheory } from '../../theory/advice';
import { exactForm } from '../../theory/kernel-rows';
import { hasExactDynamics } from '../../theory/stored-moments';
import { THEORY_WORK } from '../theory-desk';
import type { SweepPlan } from './plan';

/** Milliseconds of work between two breaths: less than a submission's computing time. */
const SLICE = 6;
/** Products with the operator that a spectral radius of stored rows takes, about. */
const PRODUCTS = 100;

export interface RadiusOptions {
  readonly sampling: 'replacement' | 'epochs';
  readonly signal: AbortSignal;
  /** Resolves when theory may go on: it rests while the sweep is paused. */
  readonly resumed: () => Promise<void>;
  /** A map is complete. `radius` is y-major, NaN where no exact theory applies. */
  readonly onMap: (map: number, radius: Float64Array<ArrayBuffer>) => void;
}

/**
 * Works out the maps one after the other, in slices that leave the event loop free. Where no exact theory applies, or where
 * it would take minutes, nothing is told of any map but NaN. Rejects with the signal's reason on abort.
 */
export async function sweepRadii(objective: LeastSquares, plan: SweepPlan, options: RadiusOptions): Promise<void> {
  const { sampling, signal, resumed, onMap } = options;
  const runs = new Map(plan.cells.map(({ key, run }) => [key, run]));
  const form = await exactForm(objective, { signal, slice: SLICE });
  const theory =
    form && affordable(form, sampling, runs.size)
      ? await exactTheory(form, sampling, { signal, slice: SLICE })
      : undefined;
  let rested = performance.now();
  const breathe = async () => {
    if (performance.now() - rested < SLICE) return;
    await new Promise((resolve) => setTimeout(resolve));
    await resumed();
    signal.throwIfAborted();
    rested = performance.now();
  };
  const known = new Map<string, number>();
  const radiusOf = async (run: RunConfig): Promise<number> =>
    (await theory?.spectralRadius(run, { signal, slice: SLICE })) ?? Number.NaN;
  for (const [map, keys] of plan.keys.entries()) {
    const radius = new Float64Array(keys.length);
    for (const [place, key] of keys.entries()) {
      let value = known.get(key);
      if (value === undefined) {
        await breathe();
        value = await radiusOf(runs.get(key)!);
        known.set(key, value);
      }
      radius[place] = value;
    }
    signal.throwIfAborted();
    onMap(map, radius);
  }
}

/** Streams are; stored rows where all of it takes no more than some ten seconds. */
function affordable({ rows, dimension }: LeastSquares, sampling: 'replacement' | 'epochs', cells: number): boolean {
  if (rows.kind !== 'stored') return true;
  if (sampling === 'epochs' || !hasExactDynamics(rows)) return false;
  const side = Math.min(rows.count, dimension) ** 4;
  return (rows.count * side) / 24 + cells * PRODUCTS * (side / 4) <= THEORY_WORK;
}
