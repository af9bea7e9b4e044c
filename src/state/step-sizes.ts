/** Step sizes that make sense for a problem, from its spectral constants. */
import type { ExperimentConfig, RunConfig } from '../experiment/config';
import { optimalHyper, suggestedEta } from '../theory/optimal';
import { isComplete, type KnownConstants } from '../theory/spectral';
import { isGradientScaled } from './experiment-store';

/** Beyond these multiples of the suggestion a gradient step is out of all proportion: it diverges, or hardly moves. */
const FAR = { above: 20, below: 1 / 300 } as const;

const rounded = (value: number) => Number(value.toPrecision(4));

/** 1/L_m, to four digits; undefined for rules that do not scale with the gradient, and for features that are all zero. */
export function suggestedStepSize(run: RunConfig, constants: KnownConstants): number | undefined {
  if (!isGradientScaled(run.optimizer)) return undefined;
  const eta = rounded(suggestedEta(constants, run.batch));
  return eta > 0 && Number.isFinite(eta) ? eta : undefined;
}

/** The configuration with the suggested step size in every run that has one. */
export function withStepSizes(config: ExperimentConfig, constants: KnownConstants): ExperimentConfig {
  const runs = config.runs.map((run): RunConfig => {
    const eta = suggestedStepSize(run, constants);
    return eta === undefined || run.hyper['eta'] === eta ? run : { ...run, hyper: { ...run.hyper, eta } };
  });
  return runs.every((run, k) => run === config.runs[k]) ? config : { ...config, runs };
}

/** Whether every enabled run that scales with the gradient has a step size out of all proportion. */
export function stepSizesAreFar(config: ExperimentConfig, constants: KnownConstants): boolean {
  const ratios = config.runs.flatMap((run) => {
    const eta = run.hyper['eta'];
    const suggested = suggestedStepSize(run, constants);
    return run.enabled === false || eta === undefined || suggested === undefined ? [] : [eta / suggested];
  });
  return ratios.length > 0 && ratios.every((ratio) => ratio > FAR.above || ratio < FAR.below);
}

/** The paper's optimal hyper-parameters of a run, to four digits; undefined where the paper or the problem has none. */
export function optimalRun(run: RunConfig, constants: KnownConstants | undefined): RunConfig | undefined {
  if (!constants || !isComplete(constants)) return undefined;
  const hyper = optimalHyper(run.optimizer, constants, run.batch);
  if (!hyper || !Object.values(hyper).every((value) => Number.isFinite(value) && value > 0)) return undefined;
  return { ...run, hyper: Object.fromEntries(Object.entries(hyper).map(([key, value]) => [key, rounded(value)])) };
}

/** The configuration with the paper's optimal hyper-parameters in every run that has them. */
export function withOptimalValues(config: ExperimentConfig, constants: KnownConstants | undefined): ExperimentConfig {
  const runs = config.runs.map((run) => {
    const optimal = optimalRun(run, constants);
    const same = !optimal || Object.entries(optimal.hyper).every(([key, value]) => run.hyper[key] === value);
    return same ? run : optimal;
  });
  return runs.every((run, k) => run === config.runs[k]) ? config : { ...config, runs };
}
