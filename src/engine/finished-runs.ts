/** Wanted runs whose lanes are gone: the work that they were, and of networks what they have come to. */
import { savedWeights } from './cohort-state';
import type { LaneGroup } from './lane-group';
import type { LaneWeights } from './lane-weights';
import type { SavedFinish } from './saved-race';

export class FinishedRuns {
  readonly #laneSteps = new Map<string, number>();
  readonly #weights = new Map<string, readonly LaneWeights[]>();

  /** Lane-steps of all of them. */
  get laneSteps(): number {
    return [...this.#laneSteps.values()].reduce((sum, steps) => sum + steps, 0);
  }

  /** What the lanes of a network's run have come to, in the order of their seeds. */
  weights(key: string): readonly LaneWeights[] | undefined {
    return this.#weights.get(key);
  }

  /** The group is done. */
  add(group: LaneGroup): void {
    for (const { key, count } of group.wantedRuns) this.#note(key, count * group.steps, group.lastWeights?.get(key));
  }

  /** Takes in a run that finished before. */
  addSaved({ key, laneSteps, weights }: SavedFinish): void {
    this.#note(key, laneSteps, weights?.map(savedWeights));
  }

  #note(key: string, laneSteps: number, weights: readonly LaneWeights[] | undefined): void {
    this.#laneSteps.set(key, laneSteps);
    if (weights) this.#weights.set(key, weights);
  }

  get saved(): SavedFinish[] {
    return [...this.#laneSteps].map(([key, laneSteps]) => {
      const weights = this.#weights.get(key);
      return { key, laneSteps, ...(weights ? { weights: [...weights] } : {}) };
    });
  }

  /** Nobody wants these any more. */
  forget(keys: Iterable<string>): void {
    for (const key of keys) {
      this.#laneSteps.delete(key);
      this.#weights.delete(key);
    }
  }

  clear(): void {
    this.#laneSteps.clear();
    this.#weights.clear();
  }
}
