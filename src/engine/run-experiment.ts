/** An experiment from its document to its result, without a page: the command line, tests and benchmarks use this. */
import type { Table } from '../data/table';
import { runKey, type ExperimentConfig } from '../experiment/config';
import { learn, theoryResult, type CurveTheory } from '../experiment/curve-theory';
import { laneResults } from '../experiment/curves';
import type { ExperimentResult, LaneOutcome, RunResult } from '../experiment/result';
import type { EngineInfo, Progress, SessionEvent } from './events';
import { openBackend } from './open-backend';
import { Session, type OpenBackend } from './session';

export interface RunOptions {
  readonly engine: 'auto' | 'cpu';
  /** Finds parsed data sets by file names; throws `DataError`. */
  readonly table: (files: readonly string[]) => Promise<Table>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly onNotice?: (message: string) => void;
  /** Opens the arithmetic; `openBackend(engine)` unless given. */
  readonly open?: OpenBackend;
}

interface Collected {
  step: number[];
  seconds: number[];
  loss: Float64Array[];
  outcomes: readonly LaneOutcome[];
  theory: CurveTheory;
}

/**
 * Runs every enabled run of `config` to its end. Rejects with a readable error where the experiment can't run, and with
 * the signal's reason when aborted.
 */
export async function runExperiment(config: ExperimentConfig, options: RunOptions): Promise<ExperimentResult> {
  const { engine, table, signal, onProgress, onNotice } = options;
  signal?.throwIfAborted();
  const collected = new Map<string, Collected>();
  let info: EngineInfo | undefined;
  let epochRows: number | undefined;

  const listener = (event: SessionEvent): void => {
    switch (event.type) {
      case 'engine':
        info = event.engine;
        if (engine === 'auto' && event.engine.kind === 'cpu') onNotice?.(event.engine.reason);
        break;
      case 'restarted':
        epochRows = event.objective.rows;
        break;
      case 'run-started':
        collected.set(event.run, {
          step: [],
          seconds: [],
          loss: [],
          outcomes: [],
          theory: event.spectralRadius === undefined ? {} : { spectralRadius: event.spectralRadius },
        });
        break;
      case 'theory': {
        const run = collected.get(event.run)!;
        run.theory = learn(run.theory, event);
        break;
      }
      case 'points': {
        const run = collected.get(event.run)!;
        const lanes = event.outcomes.length;
        event.step.forEach((step, p) => {
          run.step.push(step);
          run.seconds.push(event.seconds[p]!);
          run.loss.push(event.loss.subarray(p * lanes, (p + 1) * lanes));
        });
        run.outcomes = event.outcomes;
        break;
      }
      case 'progress':
        onProgress?.(event.progress);
        break;
      case 'notice':
        onNotice?.(event.message);
        break;
      case 'run-finished':
        break;
    }
  };

  const session = new Session({
    open: options.open ?? ((withoutGpu) => openBackend(engine, { withoutGpu })),
    table,
    listener,
    sliceMilliseconds: 50,
  });
  const abort = () => void session.abort();
  signal?.addEventListener('abort', abort);
  try {
    await session.update(config);
    const state = await session.settled();
    signal?.throwIfAborted();
    if (state === 'failed') throw session.failure;
    await session.theorySettled();
    signal?.throwIfAborted();
    const runs = config.runs
      .filter((run) => run.enabled !== false)
      .map((run): RunResult => {
        const { step, seconds, loss, outcomes, theory: known } = collected.get(runKey(run))!;
        const theory = theoryResult(known);
        return { run, step, seconds, lanes: laneResults(outcomes, loss), ...(theory ? { theory } : {}) };
      });
    return {
      version: 1,
      config,
      engine: info!.kind,
      adapter: info!.adapter,
      ...(epochRows === undefined ? {} : { epochRows }),
      runs,
    };
  } finally {
    signal?.removeEventListener('abort', abort);
    await session.close();
  }
}
