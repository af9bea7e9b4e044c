/** Experiments and results as JSON text. */
import type { ExperimentConfig } from '../experiment/config';
import { theoryResult } from '../experiment/curve-theory';
import { laneResults, type RunCurve } from '../experiment/curves';
import type { ExperimentResult, RunResult } from '../experiment/result';
import { exportedCurves, type ExportSource } from './dataset';

/** The result document of what has been computed so far. Numbers that are not finite become null. */
export function toResult({ config, runs, epochRows, engine }: ExportSource): ExperimentResult {
  return {
    version: 1,
    config,
    engine: engine.engine,
    adapter: { ...engine.adapter },
    ...(epochRows === undefined ? {} : { epochRows }),
    runs: exportedCurves(runs).map(({ curve }) => runResult(curve)),
  };
}

function runResult(curve: RunCurve): RunResult {
  const { run, step, seconds, loss, side, outcomes } = curve;
  const theory = theoryResult(curve.theory);
  return {
    run,
    step: [...step],
    seconds: [...seconds],
    lanes: laneResults(outcomes, loss, side),
    ...(theory ? { theory } : {}),
  };
}

/** JSON with two spaces of indentation, but lists of plain values on one line each. Ends with a line break. */
export function prettyJson(value: unknown): string {
  return `${format(value, '')}\n`;
}

function format(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.every((entry) => typeof entry !== 'object' || entry === null)) return JSON.stringify(value);
    return `[\n${value.map((entry) => inner + format(entry, inner)).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  if (entries.length === 0) return '{}';
  return `{\n${entries
    .map(([key, entry]) => `${inner}${JSON.stringify(key)}: ${format(entry, inner)}`)
    .join(',\n')}\n${indent}}`;
}

export const experimentJson = (config: ExperimentConfig): string => prettyJson(config);
export const resultJson = (source: ExportSource): string => prettyJson(toResult(source));
