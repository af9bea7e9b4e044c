/**
 * Permalinks: an experiment in the hash of a URL, readable and holding only what differs from the default experiment.
 *
 *     #v=1&race=sgd,mass&runs.1.batch=8&runs.1.hyper.eta=0.25&seeds=4&end
 *
 * `problem` names another kind of problem and `race` another list of optimizers; then come the fields that differ, by
 * path. `end` tells a whole link from one that was cut off. The default experiment is the empty hash.
 *
 * Values: numbers as JavaScript writes them (they come back bit by bit), `true`, `false`, `null`, text; lists have commas
 * between and after a single entry; `~` takes a field away; text that could be mistaken for one of these has a leading
 * apostrophe.
 */
import { wellFormed } from '../data/unicode';
import { defaultHyper, optimizerIds, type OptimizerId } from '../optimizers/registry';
import { problemOf, problems, type ProblemKind } from '../problems/registry';
import { ConfigError, LIMITS, parseExperiment, type ExperimentConfig } from './config';
import { defaultExperiment } from './default';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = Record<string, Json>;

const VERSION = '1';
const REMOVED = '~';
const MAX_LENGTH = 200_000;

/** Whether a hash is meant as a permalink (and not as the name of a place in the page). */
export function isPermalink(hash: string): boolean {
  return hash.replace(/^#/, '').startsWith('v=');
}

/** The hash of an experiment with its leading `#`, or '' for the default experiment. */
export function permalinkHash(config: ExperimentConfig): string {
  const kind = config.problem.kind;
  const race = config.runs.map((run) => run.optimizer);
  const fields: string[] = [];
  difference(baseFor(kind, race), plain(config), '', fields);
  const named = [
    ...(kind === defaultExperiment.problem.kind ? [] : [`problem=${kind}`]),
    ...(sameRace(race) ? [] : [`race=${race.join()}`]),
  ];
  const parts = [...named, ...fields];
  return parts.length === 0 ? '' : `#v=${VERSION}&${parts.join('&')}&end`;
}

/** The experiment of a hash, with or without its `#`. Throws {@link ConfigError} with a message fit for the user. */
export function configFromHash(hash: string): ExperimentConfig {
  const text = hash.replace(/^#/, '');
  if (text === '') return structuredClone(defaultExperiment);
  if (!isPermalink(text)) fail('', 'this link does not hold an experiment');
  if (text.length > MAX_LENGTH) fail('', `the link is longer than ${MAX_LENGTH} characters`);
  const parts = text.split('&');
  const version = parts.shift()!.slice(2);
  if (version !== VERSION && parts.at(-1) === 'end')
    fail('v', `the link has version "${version}", this page knows version ${VERSION}`);
  if (parts.pop() !== 'end' || version !== VERSION) fail('', 'the link is incomplete: its end is missing');

  const entries = new Map<string, string>();
  for (const part of parts) {
    const equals = part.indexOf('=');
    if (equals <= 0) fail('', `"${clip(part)}" is not of the form name=value`);
    const path = decode(part.slice(0, equals), 'a name');
    if (entries.has(path)) fail(path, 'stands in the link twice');
    entries.set(path, part.slice(equals + 1));
  }
  const kind = takeKind(entries);
  const race = takeRace(entries);
  const document = baseFor(kind, race);
  for (const [path, value] of entries) {
    if (value === REMOVED) remove(document, path);
    else set(document, path, parseValue(value, path));
  }
  return parseExperiment(document);
}

function takeKind(entries: Map<string, string>): ProblemKind {
  const given = entries.get('problem');
  if (given === undefined) return defaultExperiment.problem.kind;
  entries.delete('problem');
  const found = problems.find((problem) => problem.kind === given);
  return (
    found?.kind ??
    fail('problem', `there is no problem "${clip(given)}" (there are ${problems.map((p) => p.kind).join(', ')})`)
  );
}

function takeRace(entries: Map<string, string>): OptimizerId[] {
  const given = entries.get('race');
  if (given === undefined) return defaultExperiment.runs.map((run) => run.optimizer);
  entries.delete('race');
  const names = decode(given, 'race').split(',');
  if (names.length > LIMITS.runs) fail('race', `has ${names.length} runs; at most ${LIMITS.runs}`);
  return names.map(
    (name) =>
      optimizerIds.find((id) => id === name) ??
      fail('race', `there is no optimizer "${clip(name)}" (there are ${optimizerIds.join(', ')})`),
  );
}

const sameRace = (race: readonly OptimizerId[]) =>
  race.join() === defaultExperiment.runs.map((run) => run.optimizer).join();

/** The document that a link's fields change: the default with another kind of problem or other optimizers. */
function baseFor(kind: ProblemKind, race: readonly OptimizerId[]): JsonObject {
  const base = plain(defaultExperiment) as JsonObject;
  if (kind !== defaultExperiment.problem.kind) base['problem'] = plain(problemOf(kind).default);
  if (!sameRace(race))
    base['runs'] = race.map((optimizer) => ({ optimizer, batch: 1, hyper: { ...defaultHyper(optimizer) } }));
  return base;
}

/** A fresh copy as JSON values; fields that are undefined are absent. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** Lists of objects are entered by index, and grow and shrink at their end; lists of plain values are values. */
const isBranch = (value: Json | undefined): value is JsonObject | Json[] =>
  isObject(value) || (Array.isArray(value) && value.some((entry) => typeof entry === 'object'));

function difference(base: Json | undefined, value: Json, path: string, out: string[]): void {
  if (!isBranch(value)) {
    if (isBranch(base) || JSON.stringify(base) !== JSON.stringify(value)) out.push(`${path}=${formatValue(value)}`);
    return;
  }
  const alike = isBranch(base) && Array.isArray(base) === Array.isArray(value);
  const before = alike ? (base as JsonObject) : {};
  const after = value as JsonObject;
  // A new list of objects begins empty and grows.
  if (Array.isArray(value) && !alike) out.push(`${path}=${formatValue([])}`);
  if (Object.keys(after).length === 0 && (base === undefined || Object.keys(before).length > 0)) out.push(`${path}=()`);
  const join = (key: string) => (path === '' ? encode(key) : `${path}.${encode(key)}`);
  // Lists lose their last entry first: the others keep their places.
  if (Object.keys(after).length > 0)
    for (const key of Object.keys(before).reverse())
      if (!Object.hasOwn(after, key)) out.push(`${join(key)}=${REMOVED}`);
  for (const [key, entry] of Object.entries(after))
    difference(Object.hasOwn(before, key) ? before[key] : undefined, entry, join(key), out);
}

const number = /^-?\d+(\.\d+)?(e-?\d+)?$/;
const reserved = new Set(['true', 'false', 'null', '()', REMOVED, '']);

function formatValue(value: Json): string {
  if (Array.isArray(value))
    return value.length === 1
      ? `${formatScalar(value[0]!)},`
      : value.length === 0
        ? ','
        : value.map(formatScalar).join();
  return formatScalar(value);
}

function formatScalar(value: Json): string {
  if (typeof value !== 'string') return JSON.stringify(value).replace('e+', 'e');
  const ambiguous = reserved.has(value) || number.test(value) || value.startsWith("'");
  return `${ambiguous ? "'" : ''}${encode(value)}`;
}

function parseValue(text: string, path: string): Json {
  if (text === '()') return {};
  if (text === ',') return [];
  if (!text.includes(',')) return parseScalar(text, path);
  return text
    .replace(/,$/, '')
    .split(',')
    .map((entry) => parseScalar(entry, path));
}

function parseScalar(text: string, path: string): Json {
  const value = decode(text, path);
  if (value.startsWith("'")) return value.slice(1);
  if (value === 'true' || value === 'false') return value === 'true';
  if (value === 'null') return null;
  if (number.test(value)) return Number(value);
  if (value === '') fail(path, 'has no value');
  return value;
}

/** Walks to the parent of a path; plain values on the way give way to objects. */
function parentOf(document: JsonObject, path: string): { parent: JsonObject; key: string } {
  const keys = path.split('.');
  const key = keys.pop()!;
  let parent = document;
  for (const step of [...keys, key]) if (step === '' || step === '__proto__') fail(path, 'is not the name of a field');
  for (const step of keys) {
    const next = Object.hasOwn(parent, step) ? parent[step] : undefined;
    if (isBranch(next) || (Array.isArray(next) && next.length === 0)) parent = next as unknown as JsonObject;
    else {
      // Lists of objects grow at their end.
      if (Array.isArray(parent) && step !== String(parent.length)) fail(path, 'is outside its list');
      const fresh: JsonObject = {};
      parent[step] = fresh;
      parent = fresh;
    }
  }
  if (Array.isArray(parent) && !Object.hasOwn(parent, key)) fail(path, 'is outside its list');
  return { parent, key };
}

function set(document: JsonObject, path: string, value: Json): void {
  const { parent, key } = parentOf(document, path);
  parent[key] = value;
}

function remove(document: JsonObject, path: string): void {
  const { parent, key } = parentOf(document, path);
  if (Array.isArray(parent)) {
    if (key !== String(parent.length - 1)) fail(path, 'cannot be taken out of its list: only the last entry can');
    parent.pop();
    return;
  }
  if (!Object.hasOwn(parent, key)) fail(path, 'is taken away but was not there');
  Reflect.deleteProperty(parent, key);
}

/** Percent-encodes all but letters, digits and -_.!~*'(). */
const encode = (text: string): string => encodeURIComponent(wellFormed(text));

function decode(text: string, path: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return fail(path, `"${clip(text)}" is damaged`);
  }
}

const clip = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

function fail(path: string, message: string): never {
  throw new ConfigError([{ path, message }]);
}
