/** What became of a run, in words for its card. */
import { bandsOf, divergenceOf, metricsIn, type RunCurve } from '../../experiment/curves';
import { formatMetric, metricName } from '../../export/figure/metrics';
import { formatRate } from '../../export/figure/theory';

/** Exact: a single step must show. */
const steps = new Intl.NumberFormat('en-US');

export type Tone = 'quiet' | 'good' | 'warn' | 'bad';

export interface OutcomeText {
  readonly text: string;
  readonly tone: Tone;
}

/** What the session does: computes, rests, waits for whether to go on with a race that an earlier page left, or has failed. */
export type Activity = 'going' | 'resting' | 'offered' | 'failed';

const WITHOUT_POINTS: Readonly<Record<Activity, OutcomeText>> = {
  going: { text: 'starting', tone: 'quiet' },
  resting: { text: 'not started', tone: 'quiet' },
  offered: { text: 'interrupted', tone: 'quiet' },
  failed: { text: 'could not start', tone: 'bad' },
};

/** The state of a run's lanes. */
export function outcomeText(enabled: boolean, curve: RunCurve | undefined, activity: Activity): OutcomeText {
  if (!enabled) return { text: 'switched off', tone: 'quiet' };
  const step = curve?.step.at(-1);
  if (!curve || step === undefined) return WITHOUT_POINTS[activity];
  const divergence = divergenceOf(curve);
  if (divergence) {
    const { count, first } = divergence;
    const at = `step ${steps.format(first.step)}`;
    if (count === curve.lanes)
      return { text: curve.lanes === 1 ? `diverged at ${at}` : `all lanes diverged from ${at}`, tone: 'bad' };
    return { text: `${count} of ${curve.lanes} lanes diverged from ${at}`, tone: 'warn' };
  }
  if (curve.finished) return { text: 'completed', tone: 'good' };
  return activity === 'failed'
    ? { text: `stopped at step ${steps.format(step)}`, tone: 'bad' }
    : { text: `step ${steps.format(step)}`, tone: 'quiet' };
}

/**
 * Where a run stands beside its training loss: "loss 0.012 · test accuracy 98.4 %", medians over the lanes. Undefined where
 * the loss is all that is recorded, and once half of the lanes diverged.
 */
export function standText(curve: RunCurve): string | undefined {
  const metrics = metricsIn([curve]);
  const beside = (['testAccuracy', 'testLoss', 'accuracy'] as const).find((metric) => metrics.includes(metric));
  const loss = bandsOf(curve).median.at(-1);
  if (!beside || loss === undefined || !Number.isFinite(loss)) return undefined;
  const value = bandsOf(curve, beside).median.at(-1)!;
  return `loss ${formatMetric('loss', loss)} · ${metricName(beside, metrics)} ${formatMetric(beside, value)}`;
}

/** What theory says of the mean: the exact rate of the expected loss per step. Undefined where it says nothing. */
export function expectationText(spectralRadius: number | undefined): OutcomeText | undefined {
  if (spectralRadius === undefined || !Number.isFinite(spectralRadius)) return undefined;
  return spectralRadius > 1
    ? { text: `expectation diverges, ρ = ${formatRate(spectralRadius)}`, tone: 'bad' }
    : { text: `ρ = ${formatRate(spectralRadius)}`, tone: 'quiet' };
}
