/** Runs an experiment, or its sweep, in a page without an interface, for the command line. */
import { parseFiles } from '../data/load';
import { runExperiment } from '../engine/run-experiment';
import { runSweep } from '../engine/sweep/run-sweep';
import type { ExperimentResult } from '../experiment/result';
import type { SweepResult } from '../experiment/sweep-result';
import { filesOf } from '../problems/registry';
import { decodePicture } from '../worker/decode-picture';
import type { HeadlessEvent, HeadlessOutcome, HeadlessPage, HeadlessRequest } from './api';

const abort = new AbortController();

const page: HeadlessPage = {
  run: async (request) => {
    try {
      const { config, engine, resultUrl } = request;
      const options = {
        engine,
        table: async (files: readonly string[]) =>
          parseFiles(await Promise.all(files.map((name) => download(request, name))), { decodePicture }),
        signal: abort.signal,
        onProgress: (progress: Shown) => void window.headlessEvent?.({ kind: 'progress', progress }),
        onNotice: (message: string) => void window.headlessEvent?.({ kind: 'notice', message }),
      };
      if (config.sweep) {
        const { maps, ...head } = await runSweep({ ...config, sweep: config.sweep }, options);
        abort.signal.throwIfAborted();
        await send(head, 'maps', maps, resultUrl);
        return sweepSummary({ ...head, maps });
      }
      const { runs, ...head } = await runExperiment(config, options);
      abort.signal.throwIfAborted();
      await send(head, 'runs', runs, resultUrl);
      return summary({ ...head, runs });
    } catch (error) {
      if (abort.signal.aborted) return { kind: 'aborted' };
      return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
  },
  abort: () => {
    abort.abort();
  },
};

window.headless = page;

type Shown = Extract<HeadlessEvent, { kind: 'progress' }>['progress'];

function summary({ engine, adapter, runs }: ExperimentResult): HeadlessOutcome {
  const outcomes = runs.flatMap((run) => run.lanes.map((lane) => lane.outcome.kind));
  return {
    kind: 'done',
    engine,
    adapter: adapterName(adapter),
    runs: runs.length,
    lanes: outcomes.length,
    diverged: outcomes.filter((kind) => kind === 'diverged').length,
  };
}

function sweepSummary({ engine, adapter, maps }: SweepResult): HeadlessOutcome {
  const cells = maps.flatMap((map) => map.cells);
  return {
    kind: 'done',
    engine,
    adapter: adapterName(adapter),
    runs: maps.length,
    cells: cells.length,
    lanes: cells.reduce((sum, cell) => sum + cell.lanes, 0),
    diverged: cells.reduce((sum, cell) => sum + cell.diverged, 0),
  };
}

const adapterName = ({ description, vendor, architecture }: ExperimentResult['adapter']): string =>
  description || [vendor, architecture].filter(Boolean).join(' ');

async function download(
  { config, dataUrls }: HeadlessRequest,
  name: string,
): Promise<{ name: string; bytes: ArrayBuffer }> {
  const url = dataUrls[filesOf(config.problem)?.indexOf(name) ?? -1];
  const response = url === undefined ? undefined : await fetch(url);
  if (!response?.ok) throw new Error(`The data file ${name} could not be read.`);
  return { name: name.replace(/^.*[\\/]/, ''), bytes: await response.arrayBuffer() };
}

/** Sends a result with its list entry by entry: one string of it all could be longer than a string may be. */
async function send(head: object, name: string, list: readonly object[], url: string): Promise<void> {
  const parts = [
    `${JSON.stringify(head).slice(0, -1)},"${name}":[`,
    ...list.flatMap((entry, k) => [k > 0 ? ',\n' : '\n', JSON.stringify(entry)]),
    '\n]}\n',
  ];
  const response = await fetch(url, { method: 'PUT', body: new Blob(parts, { type: 'application/json' }) });
  if (!response.ok) throw new Error(`The result could not be written: ${await response.text()}`);
}
