/** Runs an experiment in a page without an interface, for the command line. */
import { parseFiles } from '../data/load';
import { runExperiment } from '../engine/run-experiment';
import type { ExperimentConfig } from '../experiment/config';
import type { ExperimentResult } from '../experiment/result';
import type { HeadlessOutcome, HeadlessPage, HeadlessRequest } from './api';

const abort = new AbortController();

const page: HeadlessPage = {
  run: async (request) => {
    try {
      const result = await runExperiment(request.config, {
        engine: request.engine,
        table: async (files) => parseFiles(await Promise.all(files.map((name) => download(request, name)))),
        signal: abort.signal,
        onProgress: (progress) => void window.headlessEvent?.({ kind: 'progress', progress }),
        onNotice: (message) => void window.headlessEvent?.({ kind: 'notice', message }),
      });
      abort.signal.throwIfAborted();
      await send(result, request.resultUrl);
      return summary(result);
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

function summary({ engine, adapter, runs }: ExperimentResult): HeadlessOutcome {
  const outcomes = runs.flatMap((run) => run.lanes.map((lane) => lane.outcome.kind));
  return {
    kind: 'done',
    engine,
    adapter: adapter.description || [adapter.vendor, adapter.architecture].filter(Boolean).join(' '),
    runs: runs.length,
    lanes: outcomes.length,
    diverged: outcomes.filter((kind) => kind === 'diverged').length,
  };
}

async function download(
  { config, dataUrls }: HeadlessRequest,
  name: string,
): Promise<{ name: string; bytes: ArrayBuffer }> {
  const url = dataUrls[filesOf(config).indexOf(name)];
  const response = url === undefined ? undefined : await fetch(url);
  if (!response?.ok) throw new Error(`The data file ${name} could not be read.`);
  return { name: name.replace(/^.*[\\/]/, ''), bytes: await response.arrayBuffer() };
}

const filesOf = ({ problem }: ExperimentConfig): readonly string[] =>
  problem.kind === 'linear-regression' ? problem.dataset.files : [];

/** Sends the result run by run: one string of it all could be longer than a string may be. */
async function send({ runs, ...head }: ExperimentResult, url: string): Promise<void> {
  const parts = [
    `${JSON.stringify(head).slice(0, -1)},"runs":[`,
    ...runs.flatMap((run, k) => [k > 0 ? ',\n' : '\n', JSON.stringify(run)]),
    '\n]}\n',
  ];
  const response = await fetch(url, { method: 'PUT', body: new Blob(parts, { type: 'application/json' }) });
  if (!response.ok) throw new Error(`The result could not be written: ${await response.text()}`);
}
