/** Reads and checks the document that the command line is given, and finds the data files it names. */
import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ExperimentConfig } from '../../src/experiment/config';
import type * as coreModule from './core';
import { Failure, fileProblem, oneLine } from './failure';
import { parseJson } from './json';
import { fromSource } from './source';

export interface ExperimentDocument {
  readonly config: ExperimentConfig;
  /** Absolute paths of the data files, in the order in which the configuration names them. */
  readonly dataFiles: readonly string[];
}

/**
 * Reads an experiment document. Paths of data files in it are relative to its own folder.
 * @param race leaves out the sweep
 * @throws Failure where it cannot be read, is not JSON, is not a valid configuration or names a file that is not there
 */
export async function readDocument(path: string, { race = false } = {}): Promise<ExperimentDocument> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new Failure(`${path}: ${fileProblem(error)}`);
  }
  const value = parseJson(text, path);
  const { filesOf, parseExperiment } = await fromSource<typeof coreModule>('tools/experiment/core.ts');
  let config: ExperimentConfig;
  try {
    config = parseExperiment(value);
  } catch (error) {
    throw new Failure(`${path}: ${oneLine(error)}`);
  }
  if (race) delete config.sweep;
  const names = filesOf(config.problem) ?? [];
  const place = config.problem.kind === 'linear-regression' ? 'problem.dataset' : 'problem.data';
  const dataFiles = names.map((name) => resolve(dirname(path), name));
  for (const [k, file] of dataFiles.entries())
    try {
      await access(file, constants.R_OK);
      if (!(await stat(file)).isFile()) throw new Failure('is not a file');
    } catch (error) {
      throw new Failure(`${path}: ${place}.files[${k}]: cannot read ${names[k]} (${file}): ${fileProblem(error)}`);
    }
  return { config, dataFiles };
}
