/** Which data sets an experiment needs and which are there. */
import type { ExperimentConfig } from '../experiment/config';
import type { DatasetSummary } from '../worker/protocol';

/** Files a configuration needs that are not loaded; a problem without any file chosen misses one without a name. */
export function missingFiles(config: ExperimentConfig, datasets: readonly DatasetSummary[]): readonly string[] {
  if (config.problem.kind !== 'linear-regression') return [];
  const { files } = config.problem.dataset;
  if (files.length === 0) return [''];
  return datasets.some((dataset) => sameFiles(dataset.files, files)) ? [] : files.map(baseName);
}

/** Whether two lists name the same files; paths count by their last part, as in the engine. */
export function sameFiles(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.map(baseName).sort().join('\n') === b.map(baseName).sort().join('\n');
}

const baseName = (file: string) => file.replace(/^.*[\\/]/, '');
