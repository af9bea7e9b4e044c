/** What became of a run, in words for its card. */
import { divergenceOf, type RunCurve } from '../../experiment/curves';

/** Exact: a single step must show. */
const steps = new Intl.NumberFormat('en-US');

export type Tone = 'quiet' | 'good' | 'warn' | 'bad';

export interface OutcomeText {
  readonly text: string;
  readonly tone: Tone;
}

/** The state of a run's lanes; `going` tells whether the session computes at the moment. */
export function outcomeText(enabled: boolean, curve: RunCurve | undefined, going: boolean): OutcomeText {
  if (!enabled) return { text: 'switched off', tone: 'quiet' };
  const step = curve?.step.at(-1);
  if (!curve || step === undefined) return { text: going ? 'starting' : 'not started', tone: 'quiet' };
  const divergence = divergenceOf(curve);
  if (divergence) {
    const { count, first } = divergence;
    const at = `step ${steps.format(first.step)}`;
    if (count === curve.lanes)
      return { text: curve.lanes === 1 ? `diverged at ${at}` : `all lanes diverged from ${at}`, tone: 'bad' };
    return { text: `${count} of ${curve.lanes} lanes diverged from ${at}`, tone: 'warn' };
  }
  if (curve.finished) return { text: 'completed', tone: 'good' };
  return { text: `step ${steps.format(step)}`, tone: 'quiet' };
}

/** What theory says of the mean: the exact rate of the expected loss per step. Undefined where it says nothing. */
export function expectationText(spectralRadius: number | undefined): OutcomeText | undefined {
  if (spectralRadius === undefined || !Number.isFinite(spectralRadius)) return undefined;
  return spectralRadius > 1
    ? { text: `expectation diverges, ρ = ${radiusText(spectralRadius)}`, tone: 'bad' }
    : { text: `ρ = ${radiusText(spectralRadius)}`, tone: 'quiet' };
}

/** Four decimals; more where ρ is so close to 1 that they would hide on which side it is. */
function radiusText(rho: number): string {
  const digits = rho === 1 ? 4 : Math.max(3, Math.ceil(-Math.log10(Math.abs(1 - rho))) + 1);
  return rho.toFixed(Math.min(10, digits));
}
