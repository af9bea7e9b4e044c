/** Sweeps beside the session: one at a time, each on a backend of its own. */
import * as Comlink from 'comlink';
import type { Table } from '../data/table';
import type { OpenBackend } from '../engine/session';
import type { CellOutcome, SweepEvent } from '../engine/sweep/events';
import { Sweep } from '../engine/sweep/sweep';
import type { ExperimentConfig } from '../experiment/config';

export interface SweepDeskOptions {
  readonly open: OpenBackend;
  readonly table: (files: readonly string[]) => Promise<Table>;
}

export class SweepDesk {
  readonly #options: SweepDeskOptions;
  #control = new AbortController();
  #sweep: Sweep | undefined;
  /** The sweep under way: the next one waits until it has let go of its device. */
  #swept: Promise<unknown> = Promise.resolve();

  constructor(options: SweepDeskOptions) {
    this.#options = options;
  }

  /** Ends the sweep under way. Resolves with true where this one was finished, false where it was ended. */
  start(
    config: ExperimentConfig,
    known: readonly CellOutcome[],
    listener: (event: SweepEvent) => void,
  ): Promise<boolean> {
    this.#control.abort();
    this.#control = new AbortController();
    const { signal } = this.#control;
    const { sweep } = config;
    if (!sweep) return Promise.reject(new Error('This experiment has no sweep.'));
    const engine = new Sweep(
      { ...config, sweep },
      {
        ...this.#options,
        known,
        listener: (event) => {
          listener(event.type === 'radius' ? Comlink.transfer(event, [event.radius.buffer]) : event);
        },
      },
    );
    this.#sweep = engine;
    const swept = this.#swept.then(async () => {
      try {
        await engine.run(signal);
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        throw error;
      }
    });
    this.#swept = swept.catch(() => undefined);
    return swept;
  }

  async pause(): Promise<void> {
    await this.#sweep?.pause();
  }

  resume(): void {
    this.#sweep?.resume();
  }

  async stop(): Promise<void> {
    this.#control.abort();
    await this.#swept;
  }
}
