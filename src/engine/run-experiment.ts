/** An experiment from its document to its result, without a page: the command line, tests and benchmarks use this. */
import type { Table } from '../data/table';
import { runKey, type ExperimentConfig } from '../experiment/config';
import { learn, theoryResult } from '../experiment/curve-theory';
import { appendPoints, emptyCurve, laneResults, type RunCurve } from '../experiment/curves';
import type { ExperimentResult, RunResult } from '../experiment/result';
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

/**
 * Runs every enabled run of `config` to its end. Rejects with a readable error where the experiment can't run, and with
 * the signal's reason when aborted.
 */
export async function runExperiment(config: ExperimentConfig, options: RunOptions): Promise<ExperimentResult> {
  const { engine, table, signal, onProgress, onNotice } = options;
  signal?.throwIfAborted();
  const enabled = config.runs.filter((run) => run.enabled !== false);
  const collected = new Map<string, RunCurve>();
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
      case 'run-started': {
        const run = enabled.find((candidate) => runKey(candidate) === event.run)!;
        const { spectralRadius } = event;
        const theory = spectralRadius === undefined ? {} : { spectralRadius };
        collected.set(event.run, emptyCurve(event.run, run, event.lanes, theory));
        break;
      }
      case 'theory': {
        const curve = collected.get(event.run)!;
        curve.theory = learn(curve.theory, event);
        break;
      }
      case 'points':
        appendPoints(collected.get(event.run)!, event);
        break;
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
    const runs = enabled.map((run): RunResult => {
      const { step, seconds, loss, side, outcomes, theory: known } = collected.get(runKey(run))!;
      const theory = theoryResult(known);
      return { run, step, seconds, lanes: laneResults(outcomes, loss, side), ...(theory ? { theory } : {}) };
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
