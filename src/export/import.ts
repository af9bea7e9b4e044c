/** Documents that come in: experiments, results and sweeps, of this version or an older one. */
import { ConfigError, experimentSchema, parseWith, runKey, type ExperimentConfig } from '../experiment/config';
import { theoryOf } from '../experiment/curve-theory';
import type { RunCurve } from '../experiment/curves';
import { resultSchema, type ExperimentResult, type LaneResult } from '../experiment/result';
import { partialSweepResultSchema, type PartialSweepResult } from '../experiment/sweep-result';
import { SIDE_METRICS, type Metric } from '../problems/metrics';
import { checkSweepResult } from './sweep/import';

export type ImportedDocument =
  | { readonly kind: 'experiment'; readonly config: ExperimentConfig }
  | { readonly kind: 'result'; readonly result: ExperimentResult }
  | { readonly kind: 'sweep'; readonly result: PartialSweepResult };

type Fields = Readonly<Record<string, unknown>>;

const CURRENT = 1;
/** `migrations[v]` turns a document of version v into one of version v + 1. Version 1 is the first. */
const migrations: Readonly<Record<number, (document: Fields) => Fields>> = {};

/** Reads a document. Throws {@link ConfigError}, which names the place in the text or the field. */
export function parseDocument(text: string): ImportedDocument {
  const document = parseJson(text);
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw error('', `is not an experiment: expected an object, found ${nameOf(document)}`);
  const fields = document as Fields;
  if ('config' in fields || 'engine' in fields) {
    const current = { ...migrated(fields, ''), config: migratedField(fields['config'], 'config') };
    if ('maps' in fields) {
      const result = parseWith(partialSweepResultSchema, current);
      checkSweepResult(result);
      return { kind: 'sweep', result };
    }
    const result = parseWith(resultSchema, current);
    checkResult(result);
    return { kind: 'result', result };
  }
  return { kind: 'experiment', config: parseWith(experimentSchema, migrated(fields, '')) };
}

/** The curves of a result, in its order, ready to be shown. */
export function curvesOf(result: ExperimentResult): RunCurve[] {
  return result.runs.map(({ run, step, seconds, lanes, theory }) => ({
    key: runKey(run),
    run,
    lanes: lanes.length,
    step: [...step],
    seconds: [...seconds],
    loss: pointsOf(lanes, 'loss', step.length),
    side: Object.fromEntries(
      SIDE_METRICS.flatMap((metric) => (lanes[0]?.[metric] ? [[metric, pointsOf(lanes, metric, step.length)]] : [])),
    ),
    outcomes: lanes.map((lane) => lane.outcome),
    theory: theory ? theoryOf(theory) : {},
    finished: lanes.every((lane) => lane.outcome.kind !== 'running'),
  }));
}

/** A metric point by point, NaN where a lane has none. */
const pointsOf = (lanes: readonly LaneResult[], metric: Metric, points: number): Float64Array[] =>
  Array.from({ length: points }, (_, i) => Float64Array.from(lanes, (lane) => lane[metric]?.[i] ?? Number.NaN));

function parseJson(text: string): unknown {
  // A byte order mark is no JSON, but editors write it.
  const body = text.replace(/^\uFEFF/, '');
  if (body.trim() === '') throw error('', 'the file is empty');
  try {
    return JSON.parse(body);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const position = /position (\d+)/.exec(message)?.[1];
    throw error(
      '',
      `is not JSON${position === undefined ? '' : ` (${lineAndColumn(body, Number(position))})`}: ${message}`,
    );
  }
}

function lineAndColumn(text: string, position: number): string {
  const lines = text.slice(0, position).split('\n');
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
}

function migratedField(value: unknown, path: string): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? migrated(value as Fields, path) : value;
}

function migrated(document: Fields, path: string): Fields {
  const at = path === '' ? 'version' : `${path}.version`;
  let current = document;
  let version = current['version'];
  if (version === undefined) throw error(at, `is missing (this page writes ${CURRENT})`);
  while (version !== CURRENT) {
    const migrate = typeof version === 'number' ? migrations[version] : undefined;
    if (!migrate) {
      const newer = typeof version === 'number' && version > CURRENT;
      throw error(
        at,
        `${JSON.stringify(version)} is ${newer ? 'newer than' : 'not a version'} this page knows (${CURRENT})`,
      );
    }
    current = migrate(current);
    version = current['version'];
  }
  return current;
}

/** What the schema cannot say of a result. */
function checkResult({ runs }: ExperimentResult): void {
  runs.forEach(({ step, seconds, lanes }, k) => {
    const at = `runs[${k}]`;
    if (lanes.length === 0) throw error(`${at}.lanes`, 'must have at least one lane');
    for (let i = 1; i < step.length; i++) {
      if (step[i]! <= step[i - 1]!) throw error(`${at}.step[${i}]`, `must be above ${step[i - 1]}, is ${step[i]}`);
      if (seconds[i]! < seconds[i - 1]!)
        throw error(`${at}.seconds[${i}]`, `must be at least ${seconds[i - 1]}, is ${seconds[i]}`);
    }
    lanes.forEach((numbers, lane) => {
      for (const metric of ['loss', 'testLoss'] as const) {
        const losses = numbers[metric] ?? [];
        const i = losses.findIndex((value) => value !== null && value < 0);
        if (i >= 0) throw error(`${at}.lanes[${lane}].${metric}[${i}]`, `must be at least 0, is ${losses[i]}`);
      }
    });
  });
}

function nameOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

const error = (path: string, message: string) => new ConfigError([{ path, message }]);
