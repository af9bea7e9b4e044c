/** Results that nobody ran: lanes that follow exact theory, bent where a test wants them to. */
import type { RunConfig } from '../../src/experiment/config';
import type { ExperimentResult, RunResult } from '../../src/experiment/result';
import { evaluationSteps } from '../../src/experiment/schedule';
import { Prediction } from '../../src/gallery/predict';
import type { GalleryDocument } from '../../src/gallery/types';

export interface Bend {
  /** Multiplies the speed after the first twenty steps: 1 follows the exact expectation. */
  readonly speed?: number;
  /** Share of lanes that diverge at step 40. */
  readonly diverged?: number;
  /** Replaces the expectation by an exponential with this rate per step. */
  readonly rate?: number;
}

const EARLY = 20;

/** A finished result of a document, with slightly different lanes whose mean is the curve. */
export async function syntheticResult(
  document: GalleryDocument,
  bend: (run: RunConfig, index: number) => Bend,
): Promise<ExperimentResult> {
  const { config } = document;
  const prediction = config.problem.kind === 'network' ? undefined : await Prediction.of(config);
  const step = evaluationSteps(config.steps, 'auto');
  const runs = config.runs.map((run, index): RunResult => {
    const { speed = 1, diverged = 0, rate } = bend(run, index);
    // Networks have no theory: their curves are what `rate` says.
    const exact = prediction?.losses(run, step) ?? step.map(() => Math.LN10);
    const curve = step.map((t, i) => {
      if (rate !== undefined && t > EARLY) return exact[0]! * Math.exp(-rate * t);
      const late = step.findLastIndex((s) => s <= EARLY);
      return t <= EARLY ? exact[i]! : exact[late]! * (exact[i]! / exact[late]!) ** speed;
    });
    return {
      run,
      step,
      seconds: step.map((t) => t / 1000),
      lanes: Array.from({ length: config.seeds }, (_, seed) => {
        const ends = seed < diverged * config.seeds;
        const factor = 1 + 0.3 * (config.seeds > 1 ? (2 * seed) / (config.seeds - 1) - 1 : 0);
        return {
          seed,
          outcome: ends
            ? { kind: 'diverged' as const, step: 40, lastFiniteLoss: curve[0]! }
            : { kind: 'completed' as const },
          loss: curve.map((loss, i) => (ends && step[i]! >= 40 ? null : loss * factor)),
        };
      }),
    };
  });
  return {
    version: 1,
    config,
    engine: 'cpu',
    adapter: { vendor: '', architecture: '', description: 'no one' },
    runs,
  };
}
