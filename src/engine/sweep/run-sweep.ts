/** A sweep from its document to its result, without a page: the command line, tests and benchmarks use this. */
import type { Table } from '../../data/table';
import type { MapResult, SweepResult } from '../../experiment/sweep-result';
import type { EngineInfo } from '../events';
import type { OpenBackend } from '../device-keeper';
import { openBackend } from '../open-backend';
import { cellResult, finiteOrNull } from './cell-result';
import type { CellOutcome, SweepEvent, SweepProgress } from './events';
import { sweepPlan, type SweptConfig } from './plan';
import { Sweep } from './sweep';

export interface SweepRunOptions {
  readonly engine: 'auto' | 'cpu';
  /** Finds parsed data sets by file names; throws `DataError`. */
  readonly table: (files: readonly string[]) => Promise<Table>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SweepProgress) => void;
  readonly onNotice?: (message: string) => void;
  /** Opens the arithmetic; `openBackend(engine)` unless given. */
  readonly open?: OpenBackend;
  /** Bytes that lanes and rows may take. */
  readonly budget?: number;
}

/**
 * Computes the sweep of `config` to its end. Rejects with a readable error where it can't be computed, and with the
 * signal's reason when aborted.
 */
export async function runSweep(config: SweptConfig, options: SweepRunOptions): Promise<SweepResult> {
  const { engine, table, signal = new AbortController().signal, onProgress, onNotice, budget } = options;
  let info: EngineInfo | undefined;
  let plan: Extract<SweepEvent, { type: 'plan' }> | undefined;
  const outcomes = new Map<string, CellOutcome>();
  const radii = new Map<number, Float64Array>();
  const sweep = new Sweep(config, {
    table,
    open: options.open ?? ((withoutGpu) => openBackend(engine, { withoutGpu })),
    sliceMilliseconds: 50,
    ...(budget === undefined ? {} : { budget }),
    onEngine: (opened) => {
      info = opened;
      if (engine === 'auto' && opened.kind === 'cpu') onNotice?.(opened.reason);
    },
    listener: (event) => {
      switch (event.type) {
        case 'plan':
          plan = event;
          break;
        case 'cells':
          for (const outcome of event.outcomes) outcomes.set(outcome.key, outcome);
          break;
        case 'radius':
          radii.set(event.map, event.radius);
          break;
        case 'progress':
          onProgress?.(event.progress);
          break;
        case 'notice':
          onNotice?.(event.message);
          break;
      }
    },
  });
  await sweep.run(signal);
  const { runs, x, y, keys, constants } = plan!;
  const cells = new Map(sweepPlan(config, constants).cells.map((cell) => [cell.key, cell.run]));
  return {
    version: 1,
    config,
    engine: info!.kind,
    adapter: info!.adapter,
    x: [...x],
    y: [...y],
    maps: runs.map((run, map): MapResult => {
      const radius = radii.get(map);
      return {
        run,
        cells: keys[map]!.map((key) => cellResult(cells.get(key)!, outcomes.get(key)!)),
        ...(radius && !radius.some(Number.isNaN) ? { radius: Array.from(radius, finiteOrNull) } : {}),
      };
    }),
  };
}
