/** Where the step sizes of a network decay: lines across the plot, or ticks on the x axis where its runs are not there together. */
import { listed } from '../../data/words';
import { optimizerOf } from '../../optimizers/registry';
import type { RunConfig } from '../../experiment/config';
import type { ProblemConfig } from '../../problems/registry';
import { formatCount, formatParameter } from './format';
import { textWidth } from './place-labels';
import { textScaleOf, type Plot } from './plot';
import type { Scale } from './scale';
import type { Stroke } from './theory';

export const DECAY_STROKE: Stroke = { width: 1, dash: '2 2', opacity: 1, cap: 'butt' };
/** Height of a tick of one run, pixels. */
export const DECAY_TICK = 9;
/** Least distance of two labels, pixels of usual text. */
const GAP = 8;
/** As many steps are listed one by one. */
const LISTED = 4;

export interface DecayMark {
  /** Pixels. */
  readonly x: number;
  /** What step sizes are multiplied by from there on; absent on a tick, and on a line without room for it. */
  readonly label?: string;
  /** Place among all runs of the one that it is a tick of; absent on a line, which is of all. */
  readonly index?: number;
}

export interface Decays {
  readonly marks: readonly DecayMark[];
  /** What they are, for a legend. */
  readonly name: string;
}

interface DecayingRun {
  /** Place among all runs. */
  readonly index: number;
  readonly run: RunConfig;
  readonly xOfStep: (step: number) => number | undefined;
}

/** The decays in the picture; undefined where there are none. `steps` is the length of the runs. */
export function decaysOf(
  problem: ProblemConfig | undefined,
  runs: readonly DecayingRun[],
  steps: number | undefined,
  scale: Scale,
  plot: Plot,
): Decays | undefined {
  const schedule = problem?.kind === 'network' ? problem.training?.schedule : undefined;
  if (schedule?.kind !== 'step') return undefined;
  const at = schedule.at.filter((step) => step <= (steps ?? step));
  if (at.length === 0 || runs.length === 0) return undefined;
  const marks: DecayMark[] = [];
  let free = plot.left;
  at.forEach((step, k) => {
    const places = runs.map(({ index, xOfStep }) => ({ index, x: pixelOf(xOfStep(step), scale) }));
    const first = places[0]!.x;
    if (first !== undefined && places.every(({ x }) => x !== undefined && Math.abs(x - first) < 1)) {
      if (!isInside(first, plot)) return;
      const label = `× ${formatParameter(schedule.factor ** (k + 1), 2)}`;
      const half = (textWidth(label) * textScaleOf(plot)) / 2;
      const fits = first - half >= free;
      if (fits) free = first + half + GAP * textScaleOf(plot);
      marks.push({ x: first, ...(fits ? { label } : {}) });
    } else for (const { index, x } of places) if (x !== undefined && isInside(x, plot)) marks.push({ x, index });
  });
  return { marks, name: nameOf(at, schedule.factor, runs) };
}

const pixelOf = (x: number | undefined, scale: Scale): number | undefined =>
  x === undefined || (scale.log && x <= 0) ? undefined : scale.toPixel(x);

const isInside = (x: number, { left, width }: Plot) => x >= left && x <= left + width;

function nameOf(at: readonly number[], factor: number, runs: readonly DecayingRun[]): string {
  const restarting = new Set(
    runs.map(({ run }) => optimizerOf(run.optimizer)).flatMap((one) => (one.restarts ? [one.label] : [])),
  );
  const where =
    at.length > LISTED ? `at ${at.length} steps` : `at step${at.length > 1 ? 's' : ''} ${listed(at.map(formatCount))}`;
  const restarts = restarting.size > 0 ? `, ${listed(restarting)} restarts` : '';
  return `step sizes × ${formatParameter(factor, 2)} ${where}${restarts}`;
}
