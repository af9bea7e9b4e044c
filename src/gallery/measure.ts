/**
 * What is read off finished runs. The rate of a lane is the slope of ln f(w_t) over a window of steps. Its mean over lanes
 * is the *typical* rate (the Lyapunov exponent: almost every lane shrinks so); by Jensen's inequality it is never slower
 * than the rate of the mean, ln ρ, which rare bad lanes carry. Where the two are close the gallery holds the typical rate
 * against exact theory; where they are not it says which one it means.
 */
import { runKey, type RunConfig } from '../experiment/config';
import type { ExperimentResult, RunResult } from '../experiment/result';
import { meanEstimate, shareEstimate, slopeOf } from './statistics';
import type { Estimate } from './types';

/**
 * Level of the intervals of mean losses. Lanes' losses are so skewed that Student's interval at 99 % misses the expectation
 * in several of a hundred seeds.
 */
const HEAVY_TAILED = 0.9999;

/** A window of steps, both ends included. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** The run of a result with the key of `run`. */
export function runOf(result: ExperimentResult, run: RunConfig): RunResult {
  const key = runKey(run);
  const found = result.runs.find((candidate) => runKey(candidate.run) === key);
  if (!found) throw new Error(`the result has no run "${key}"`);
  return found;
}

/** Recorded points within a window, as indices. */
export function indicesIn(step: readonly number[], window: Window): number[] {
  return step.flatMap((t, i) => (t >= window.from && t <= window.to ? [i] : []));
}

/**
 * −d ln f/dt of each lane: decades of e per step. Undefined where a lane diverged, or has fewer than three points with
 * positive loss in the window.
 */
export function laneSpeeds(run: RunResult, window: Window): (number | undefined)[] {
  const indices = indicesIn(run.step, window);
  return run.lanes.map(({ loss, outcome }) => {
    if (outcome.kind === 'diverged') return undefined;
    const usable = indices.filter((i) => (loss[i] ?? 0) > 0);
    if (usable.length < 3) return undefined;
    return -slopeOf(
      usable.map((i) => run.step[i]!),
      usable.map((i) => Math.log(loss[i]!)),
    );
  });
}

/** The typical speed; undefined where a lane has none. */
export function typicalSpeed(run: RunResult, window: Window): Estimate | undefined {
  const speeds = laneSpeeds(run, window);
  return speeds.length > 0 && speeds.every((speed) => speed !== undefined) ? meanEstimate(speeds) : undefined;
}

/** Share of lanes that diverged. */
export function divergedShare(run: RunResult): Estimate {
  const count = run.lanes.filter((lane) => lane.outcome.kind === 'diverged').length;
  return shareEstimate(count, run.lanes.length);
}

/**
 * Mean loss over all lanes at a recorded step, with Student's interval. Undefined where a lane has diverged by then. Heavy
 * tails make the interval too short late in a run: ask early, and for more confidence than elsewhere.
 */
export function meanLoss(run: RunResult, step: number, confidence = HEAVY_TAILED): Estimate | undefined {
  const i = run.step.indexOf(step);
  if (i < 0) throw new Error(`no loss was recorded at step ${step}`);
  const losses = run.lanes.map((lane) => lane.loss[i] ?? Number.NaN);
  return losses.every(Number.isFinite) ? meanEstimate(losses, confidence) : undefined;
}

/**
 * A number made of the speeds of several runs, lane by lane: lanes of one seed share minibatches, so the number's spread
 * over lanes is its error, whatever the runs have in common. Undefined where a lane of any run has no speed.
 */
export function acrossLanes(
  speeds: readonly (readonly (number | undefined)[])[],
  combine: (speeds: readonly number[]) => number,
): Estimate | undefined {
  const samples: number[] = [];
  for (let lane = 0; lane < (speeds[0]?.length ?? 0); lane++) {
    const own = speeds.map((run) => run[lane]);
    if (!own.every((speed) => speed !== undefined && speed > 0)) return undefined;
    samples.push(combine(own as number[]));
  }
  return samples.length > 0 ? meanEstimate(samples) : undefined;
}
