/** Makes the lanes of a session's race, at their start or where a kept race left them, and tells of their runs. */
import type { ExperimentConfig, RunConfig } from '../experiment/config';
import { evaluationSteps } from '../experiment/schedule';
import type { Objective } from '../problems/types';
import { runTheory } from '../theory/advice';
import type { SessionEvent } from './events';
import type { GroupRunner } from './group-runner';
import { startLoss } from './loss-limit';
import { pointsOf } from './points';
import { enabledRuns } from './race-key';
import { eventsOf } from './race-log';
import type { SavedBody, SavedGroup } from './saved-race';
import type { TheoryDesk } from './theory-desk';

export interface RaceLanesParts {
  readonly runner: GroupRunner;
  /** Works out what there is to know of every run that starts. */
  readonly theory: TheoryDesk;
  readonly emit: (event: SessionEvent) => void;
}

/** All configurations of one race have the same `lanesKey`. */
export class RaceLanes {
  readonly #parts: RaceLanesParts;
  readonly #objective: Objective;
  readonly #lossLimit: number;

  /** For a race on this objective, the one of `config`. */
  constructor(parts: RaceLanesParts, objective: Objective, config: ExperimentConfig) {
    this.#parts = parts;
    this.#objective = objective;
    this.#lossLimit = startLoss(objective, config).limit;
  }

  /** Makes the lanes of these runs in one group. Rejects where they cannot be made. */
  async start(config: ExperimentConfig, runs: ReadonlyMap<string, RunConfig>): Promise<void> {
    if (runs.size === 0) return;
    const { steps, evalEvery } = config;
    await this.#add(config, runs, evaluationSteps(steps, evalEvery, pointsOf(config, this.#objective)));
  }

  /** Makes the lanes of a kept race again and tells its curves; returns the keys of its runs. */
  async takeUp(config: ExperimentConfig, saved: SavedBody): Promise<ReadonlySet<string>> {
    const { runner, theory, emit } = this.#parts;
    const all = enabledRuns(config);
    const curves = new Map(saved.curves.map((curve) => [curve.key, curve]));
    // The newest group was saved first.
    for (const group of saved.groups.toReversed()) {
      const runs = new Map(group.runs.map(({ key }) => [key, all.get(key)!]));
      await this.#add(config, runs, group.schedule, group);
    }
    for (const finish of saved.finished) {
      const { key } = finish;
      const run = all.get(key)!;
      emit({ type: 'run-started', run: key, lanes: config.seeds, ...this.#theoryOf(run) });
      theory.add(key, run, curves.get(key)!.step);
      runner.addFinished(finish);
    }
    const known = new Set([
      ...saved.groups.flatMap(({ runs }) => runs.map(({ key }) => key)),
      ...saved.finished.map(({ key }) => key),
    ]);
    for (const key of known) for (const event of eventsOf(curves.get(key)!)) emit(event);
    return known;
  }

  /**
   * Makes a lane of each optimizer and lets go of it: what it took to compile its programs is not to be done again. Stops
   * before the next one once `wanted` says no; never rejects.
   */
  async compileAhead(config: ExperimentConfig, wanted: () => boolean): Promise<void> {
    const { seed, sampling } = config;
    const runs = new Map([...enabledRuns(config).values()].map((run) => [run.optimizer, run]));
    const shared = { objective: this.#objective, seed, sampling, lossLimit: this.#lossLimit };
    try {
      const { backend } = await this.#parts.runner.open();
      for (const run of runs.values()) {
        if (!wanted()) return;
        (await backend.cohort({ ...shared, lanes: [{ run, seed: 0 }] })).destroy();
      }
    } catch {
      // Just a favour: whoever needs these programs meets the error as well.
    }
  }

  async #add(
    config: ExperimentConfig,
    runs: ReadonlyMap<string, RunConfig>,
    schedule: readonly number[],
    saved?: SavedGroup,
  ): Promise<void> {
    const { seeds, seed, sampling } = config;
    const entries = [...runs].map(([key, run], k) => ({ key, run, first: k * seeds, count: seeds }));
    const lanes = entries.flatMap(({ run }) => Array.from({ length: seeds }, (_, k) => ({ run, seed: k })));
    const options = { objective: this.#objective, lanes, seed, sampling, lossLimit: this.#lossLimit };
    const known = entries.map(({ run }) => this.#theoryOf(run));
    const announce = () => {
      entries.forEach(({ key, run }, k) => {
        this.#parts.emit({ type: 'run-started', run: key, lanes: seeds, ...known[k] });
        this.#parts.theory.add(key, run, schedule);
      });
    };
    await this.#parts.runner.add(options, entries, schedule, announce, saved ? { saved } : {});
  }

  #theoryOf(run: RunConfig) {
    return this.#objective.family === 'network' ? {} : runTheory(this.#objective, run);
  }
}
