/** The paper's optimal values with their formulas, for the details of a run. */
import { massSteps } from '../../optimizers/mass';
import type { OptimizerId } from '../../optimizers/registry';
import type { Hyper } from '../../optimizers/types';
import { numberText } from '../controls/number-text';

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
