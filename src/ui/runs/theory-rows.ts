/** The paper's optimal values with their formulas, for the details of a run. */
import { massSteps } from '../../optimizers/mass';
import { optimizerOf, type OptimizerId } from '../../optimizers/registry';
import type { Hyper } from '../../optimizers/types';
import type { RunAdvice } from '../../worker/protocol';
import { numberText } from '../controls/number-text';
import { toPosition } from '../controls/scale';

export interface TheoryRow {
  readonly tex: string;
  readonly label: string;
  readonly value: string;
}

/** `hyper` is the optimum; the rows are what it is and what follows from it, for SGD and MaSS. */
export function theoryRows(optimizer: OptimizerId, hyper: Hyper): TheoryRow[] {
  const row = (tex: string, label: string, value: number): TheoryRow => ({ tex, label, value: numberText(value) });
  const step = row('\\eta^* = 1/L_m', 'step size', hyper['eta'] ?? Number.NaN);
  if (optimizer !== 'mass') return [step];
  const { gamma, eta2 } = massSteps(hyper);
  return [
    step,
    row('\\alpha^* = 1/\\sqrt{\\kappa_m\\tilde\\kappa_m}', 'acceleration', hyper['alpha'] ?? Number.NaN),
    row('\\tilde\\kappa_m', 'statistical condition', hyper['kappaTilde'] ?? Number.NaN),
    row('\\gamma^* = \\tfrac{1-\\alpha^*}{1+\\alpha^*}', 'momentum', gamma),
    row('\\eta_2^* = \\tfrac{\\eta^*(1-1/\\tilde\\kappa_m)}{1+\\alpha^*}', 'compensation', eta2),
  ];
}

/** How many times as fast a rate is as another: the steps that the slower needs for each of the faster. */
export const speedGain = (slower: number, faster: number): number => Math.log(faster) / Math.log(slower);

/** The slider of the batch size. */
const BATCH = { key: 'batch', text: 'm', scale: 'log2', slider: { min: 1, max: 1024 } } as const;
/** Share of a slider within which a zone reaches its end: ends that have no meaning themselves are stopped short of. */
const END = 0.01;

/**
 * The red zones of the sliders as a sentence: "The expectation diverges for η above 0.333, m below 3, all else as it is."
 * Undefined where there are none.
 */
export function unstableText(optimizer: OptimizerId, unstable: RunAdvice['unstable'] | undefined): string | undefined {
  if (!unstable) return undefined;
  const sliders = [...optimizerOf(optimizer).hyper, BATCH];
  const parts = sliders.flatMap(({ key, text, scale, slider }) => {
    const at = (value: number) => toPosition(scale, slider, value);
    const zones = (unstable[key] ?? []).map(([from, to]) => {
      if (at(to) > 1 - END) return `above ${numberText(from, 3)}`;
      return at(from) < END ? `below ${numberText(to, 3)}` : `from ${numberText(from, 3)} to ${numberText(to, 3)}`;
    });
    return zones.length > 0 ? [`${text} ${zones.join(' and ')}`] : [];
  });
  return parts.length > 0
    ? `Red on the sliders: the expectation diverges for ${parts.join(', ')}, each with all else as it is.`
    : undefined;
}
