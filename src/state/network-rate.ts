/** How fast this machine's engine trains networks, by what it has just computed: multiply-adds per second. */
import type { ExperimentConfig } from '../experiment/config';
import { filesOf } from '../problems/registry';
import { networkWork } from '../gallery/network-work';
import { sameFiles } from './datasets';
import type { SessionState } from './session-store';

/** Less of a race than this says little. */
const LEAST_SHARE = 0.2;

/** The rate of a finished race on a network whose runs ran together to their ends; undefined of any other. */
export function rateOfRace(config: ExperimentConfig, { shown, datasets, imported }: SessionState): number | undefined {
  if (imported) return undefined;
  const files = filesOf(config.problem);
  const work = networkWork(
    config,
    datasets.find((dataset) => files && sameFiles(files, dataset.files)),
  );
  const curves = shown.flatMap(({ curve, run }) => (curve && run.enabled !== false ? [curve] : []));
  const [seconds = 0, ...others] = curves.map((curve) => curve.seconds.at(-1) ?? 0);
  const together =
    others.every((other) => other === seconds) && curves.every(({ step }) => step.at(-1) === config.steps);
  return work !== undefined && together && seconds > 0 ? work / seconds : undefined;
}

/** The rate of an experiment of known work, by its progress. */
export class ProgressRate {
  readonly #work: number;
  #first: { readonly at: number; readonly fraction: number } | undefined;
  #rate: number | undefined;

  /** `work`: multiply-adds of all of it. */
  constructor(work: number) {
    this.#work = work;
  }

  /** `at`: milliseconds. */
  add(fraction: number, at = performance.now()): void {
    // Before that programs are compiled.
    if (!this.#first && fraction > 0) this.#first = { at, fraction };
    const first = this.#first;
    if (!first || at <= first.at || fraction - first.fraction < LEAST_SHARE) return;
    this.#rate = (1000 * this.#work * (fraction - first.fraction)) / (at - first.at);
  }

  /** Undefined while too little of it has been seen. */
  get rate(): number | undefined {
    return this.#rate;
  }
}
