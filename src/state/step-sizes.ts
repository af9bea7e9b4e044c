/** Step sizes that make sense for a problem, from what the engine tells of its curvature. */
import type { ExperimentConfig, RunConfig } from '../experiment/config';
import type { ObjectiveSummary } from '../worker/protocol';
import { suggestedEta } from '../theory/optimal';
import { isGradientScaled } from './experiment-store';

/** Beyond these multiples of the suggestion a gradient step is out of all proportion: it diverges, or hardly moves. */
const FAR = { above: 20, below: 1 / 300 } as const;

/**
 * The largest step size that theory vouches for with batch m, 1/L_m with L_m = (L₁ + (m − 1) L)/m (Liu & Belkin 2020),
 * to three digits; undefined where the engine does not know the curvature.
 */
export function suggestedStepSize(objective: ObjectiveSummary, batch: number): number | undefined {
  const eta = batch >= 1 ? suggestedEta(objective.constants, batch) : 0;
  return eta > 0 && Number.isFinite(eta) ? Number(eta.toPrecision(3)) : undefined;
}

/** The configuration with the suggested step size in every run whose rule scales with the gradient. */
export function fitStepSizes(config: ExperimentConfig, objective: ObjectiveSummary): ExperimentConfig {
  const runs = config.runs.map((run): RunConfig => {
    const eta = isGradientScaled(run.optimizer) ? suggestedStepSize(objective, run.batch) : undefined;
    return eta === undefined || run.hyper['eta'] === eta ? run : { ...run, hyper: { ...run.hyper, eta } };
  });
  return runs.every((run, k) => run === config.runs[k]) ? config : { ...config, runs };
}

/** Whether every enabled run that scales with the gradient has a step size out of all proportion. */
export function stepSizesAreFar(config: ExperimentConfig, objective: ObjectiveSummary): boolean {
  const ratios = config.runs.flatMap((run) => {
    const eta = run.hyper['eta'];
    const suggested = suggestedStepSize(objective, run.batch);
    return run.enabled === false || !isGradientScaled(run.optimizer) || eta === undefined || suggested === undefined
      ? []
      : [eta / suggested];
  });
  return ratios.length > 0 && ratios.every((ratio) => ratio > FAR.above || ratio < FAR.below);
}
