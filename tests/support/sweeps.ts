/** Small sweeps for tests of their engine, and what there is to compare them with. */
import type { CellOutcome, SweepEvent, SweepProgress } from '../../src/engine/sweep/events';
import type { SweptConfig } from '../../src/engine/sweep/plan';
import { Sweep, type SweepOptions } from '../../src/engine/sweep/sweep';
import type { SweepConfig } from '../../src/experiment/sweep';
import { experiment, mass, sgd } from './experiments';

export const noData = () => Promise.reject(new Error('There is no data set here.'));

/** Two optimizers over step size and batch size: 18 cells, the largest steps diverge. */
export function swept(changes: Partial<SweptConfig> = {}, sweep: Partial<SweepConfig> = {}): SweptConfig {
  return {
    ...experiment({ runs: [sgd(), mass()] }),
    sweep: {
      x: { parameter: 'eta', from: 0.02, to: 2, count: 3 },
      y: { parameter: 'batch', from: 1, to: 4, count: 3 },
      others: 'fixed',
      tolerance: 1e-2,
      stopAtTolerance: false,
      ...sweep,
    },
    ...changes,
  };
}

/** Listens to a sweep and holds it to what its events promise. */
export class SweepRecorder {
  readonly outcomes = new Map<string, CellOutcome>();
  readonly radii = new Map<number, Float64Array>();
  readonly progress: SweepProgress[] = [];
  readonly notices: string[] = [];
  /** What the events got wrong; must stay empty. */
  readonly violations: string[] = [];
  plan: Extract<SweepEvent, { type: 'plan' }> | undefined;

  readonly listener = (event: SweepEvent): void => {
    switch (event.type) {
      case 'plan':
        this.#check(!this.plan, 'a second plan');
        this.plan = event;
        break;
      case 'cells':
        this.#check(event.outcomes.length > 0 && event.outcomes.length <= 200, 'too few or too many outcomes at once');
        for (const outcome of event.outcomes) {
          this.#check(!this.outcomes.has(outcome.key), `${outcome.key} is told twice`);
          this.#check(this.plan?.keys.some((map) => map.includes(outcome.key)) ?? false, `${outcome.key} is no cell`);
          this.outcomes.set(outcome.key, outcome);
        }
        break;
      case 'radius':
        this.#check(!this.radii.has(event.map), `theory of map ${event.map} is told twice`);
        this.radii.set(event.map, event.radius);
        break;
      case 'progress': {
        const before = this.progress.at(-1);
        const { fraction, cells, total, bytes, budget } = event.progress;
        this.#check(fraction >= (before?.fraction ?? 0) && fraction <= 1, 'the progress steps back');
        this.#check(cells >= (before?.cells ?? 0) && cells <= total, 'cells get lost');
        this.#check(bytes <= budget, `${bytes} bytes of ${budget}`);
        this.progress.push(event.progress);
        break;
      }
      case 'notice':
        this.notices.push(event.message);
        break;
    }
  };

  #check(condition: boolean, message: string): void {
    if (!condition) this.violations.push(message);
  }

  /** States in their order. */
  get states(): string[] {
    const states = this.progress.map(({ state }) => state);
    return states.filter((state, k) => state !== states[k - 1]);
  }
}

/** A sweep that a recorder listens to. */
export function sweepStage(
  config: SweptConfig,
  options: Pick<SweepOptions, 'open'> & Partial<SweepOptions>,
): { readonly sweep: Sweep; readonly recorder: SweepRecorder } {
  const recorder = new SweepRecorder();
  const sweep = new Sweep(config, {
    table: noData,
    sliceMilliseconds: 1,
    ...options,
    listener: (event) => {
      recorder.listener(event);
      options.listener?.(event);
    },
  });
  return { sweep, recorder };
}
