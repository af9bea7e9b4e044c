/** Fits step sizes to a problem that has changed, once the engine knows its constants, or by command. */
import type { ExperimentConfig } from '../experiment/config';
import type { ObjectiveSummary } from '../worker/protocol';
import { sameFiles } from './datasets';
import type { ExperimentStore } from './experiment-store';
import { stepSizesAreFar, withOptimalValues, withStepSizes } from './step-sizes';

export interface StepSizeFitter {
  /** The experiment's configuration has changed, by an edit or because another one was loaded. */
  readonly changed: (before: ExperimentConfig, after: ExperimentConfig, edited: boolean) => void;
  /** The problem is prepared: what the change of it calls for is done, as part of that change. */
  readonly prepared: (objective: ObjectiveSummary) => void;
  /** Gives every run the step size that theory suggests. */
  readonly fit: (objective: ObjectiveSummary | undefined) => void;
  /** Gives every run that the paper has optimal hyper-parameters for these values. */
  readonly fitOptimal: (objective: ObjectiveSummary | undefined) => void;
}

/** `fail` is told where the fitted experiment is not valid. */
export function createStepSizeFitter(experiment: ExperimentStore, fail: (error: unknown) => void): StepSizeFitter {
  /** Set by an edit of the problem; the next one that is prepared looks at the step sizes. */
  let next: 'always' | 'optimal' | 'if-far' | undefined;

  const fit = (when: 'command' | 'always' | 'optimal' | 'if-far', objective: ObjectiveSummary | undefined) => {
    const constants = objective?.constants;
    if (!constants) return;
    const { config, edit } = experiment.getState();
    if (when === 'if-far' && !stepSizesAreFar(config, constants)) return;
    const fitted = (latest: ExperimentConfig) => {
      const stepped = withStepSizes(latest, constants);
      return when === 'optimal' ? withOptimalValues(stepped, constants) : stepped;
    };
    const error = edit(fitted, { amend: when !== 'command' });
    if (error) fail(error);
  };

  return {
    changed: (before, after, edited) => {
      if (before.problem === after.problem) return;
      const another = before.problem.kind !== after.problem.kind;
      if (!edited) next = undefined;
      // A kernel's κ̃ is about its number of rows: with the one of another problem MaSS would diverge.
      else if (another && after.problem.kind === 'kernel-regression') next = 'optimal';
      else if (another || dataChanged(before, after)) next = 'always';
      else next ??= 'if-far';
    },
    prepared: (objective) => {
      if (next) fit(next, objective);
      next = undefined;
    },
    fit: (objective) => {
      fit('command', objective);
    },
    fitOptimal: (objective) => {
      const error = experiment.getState().edit((config) => withOptimalValues(config, objective?.constants));
      if (error) fail(error);
    },
  };
}

function dataChanged(before: ExperimentConfig, after: ExperimentConfig): boolean {
  if (before.problem.kind !== 'linear-regression' || after.problem.kind !== 'linear-regression') return false;
  return (
    !sameFiles(before.problem.dataset.files, after.problem.dataset.files) ||
    before.problem.scaling !== after.problem.scaling
  );
}
