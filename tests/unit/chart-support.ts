/** Curves for tests of the chart and its exports. */
import { runKey, type RunConfig } from '../../src/experiment/config';
import { appendPoints, emptyCurve, type RunCurve } from '../../src/experiment/curves';
import type { LaneOutcome } from '../../src/experiment/result';
import { defaultExperiment } from '../../src/experiment/default';
import type { ExportSource } from '../../src/export/dataset';
import type { ChartRun, LineStyle } from '../../src/export/figure/view';

export const sgd: RunConfig = { optimizer: 'sgd', batch: 1, hyper: { eta: 1 / 6 } };
export const heavyBall: RunConfig = { optimizer: 'heavy-ball', batch: 1, hyper: { eta: 1 / 6, gamma: 0.9 } };
export const nesterov: RunConfig = { optimizer: 'nesterov', batch: 1, hyper: { eta: 1 / 6, gamma: 0.9 } };
export const mass: RunConfig = { optimizer: 'mass', batch: 1, hyper: { eta: 1 / 6, alpha: 0.05, kappaTilde: 3 } };

/** A one-lane curve through `losses` at steps 0, 1, 2, …; NaN from where it diverged. */
export function curveThrough(losses: readonly number[], run: RunConfig = sgd): RunCurve {
  const curve = emptyCurve(runKey(run), run, 1);
  const end = losses.findIndex((value) => !Number.isFinite(value));
  const outcome: LaneOutcome =
    end < 0 ? { kind: 'completed' } : { kind: 'diverged', step: end, lastFiniteLoss: losses[end - 1] ?? 0 };
  appendPoints(curve, {
    step: losses.map((_, i) => i),
    seconds: losses.map((_, i) => i / 100),
    loss: Float64Array.from(losses),
    outcomes: [outcome],
  });
  curve.finished = true;
  return curve;
}

export const chartRuns = (curves: readonly RunCurve[]): ChartRun[] =>
  curves.map((curve, id) => ({ id, run: curve.run, curve, stale: false }));

export const greyStyles = (n: number): LineStyle[] =>
  Array.from({ length: n }, (_, k) => ({ colour: '#444444', dash: k % 2 ? '4 2' : undefined }));

export const exportSource = (curves: readonly RunCurve[], epochRows?: number): ExportSource => ({
  config: { ...defaultExperiment, runs: curves.map((curve) => curve.run) },
  runs: chartRuns(curves),
  epochRows,
  engine: { engine: 'webgpu', adapter: { vendor: 'acme', architecture: 'rev-1', description: '' } },
});
