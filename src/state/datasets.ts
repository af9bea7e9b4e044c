/** Which data sets an experiment needs and which are there. */
import { filesOf } from '../problems/registry';
import type { ExperimentConfig } from '../experiment/config';
import type { DataProblem } from '../gallery/your-data';
import type { DatasetSummary } from '../worker/protocol';
import { withKernelData } from './kernel-defaults';
import { withNetworkData, withNetworkEdit } from './network-defaults';

/** Files a configuration needs that are not loaded; a problem without any file chosen misses one without a name. */
export function missingFiles(config: ExperimentConfig, datasets: readonly DatasetSummary[]): readonly string[] {
  const files = filesOf(config.problem);
  if (!files) return [];
  if (files.length === 0) return [''];
  return datasets.some((dataset) => sameFiles(dataset.files, files)) ? [] : files.map(baseName);
}

/** A data set as an experiment uses it, and what it is. */
export interface LoadedData {
  readonly problem: DataProblem;
  readonly dataset: DatasetSummary;
}

/** The data set of an experiment, where it has one and that one is loaded. */
export function loadedData(
  { problem }: Pick<ExperimentConfig, 'problem'>,
  datasets: readonly DatasetSummary[],
): LoadedData | undefined {
  if (problem.kind !== 'linear-regression') return undefined;
  const dataset = datasets.find(({ files }) => sameFiles(files, problem.dataset.files));
  return dataset && { problem, dataset };
}

/** Whether two lists name the same files; paths count by their last part, as in the engine. */
export function sameFiles(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.map(baseName).sort().join('\n') === b.map(baseName).sort().join('\n');
}

/** Numbers in a data set from which on single samples and many seeds are no way to begin. */
const LARGE = 2e6;
const LARGE_START = { batch: 64, seeds: 4 } as const;

/**
 * The configuration pointed at a data set just loaded. Pictures begin on the scale 0 … 1 with an intercept: standardising
 * blows up pixels that are hardly ever lit. A large data set begins with batches of 64 and few seeds, unless the
 * configuration was about data before. A kernel regression stays one, and so does a network.
 */
export function withDataset(config: ExperimentConfig, dataset: DatasetSummary): ExperimentConfig {
  const { problem } = config;
  if (problem.kind === 'kernel-regression') return { ...config, problem: withKernelData(problem, dataset) };
  if (problem.kind === 'network') return withNetworkEdit(config, withNetworkData(problem, dataset));
  const before = problem.kind === 'linear-regression' ? problem : undefined;
  const pictures = dataset.image !== undefined;
  const large = before === undefined && dataset.rows * dataset.columns.length > LARGE;
  return {
    ...config,
    problem: {
      kind: 'linear-regression',
      dataset: { files: [...dataset.files] },
      target: {},
      scaling: before?.scaling ?? (pictures ? 'unit' : 'standardised'),
      intercept: before?.intercept ?? pictures,
    },
    seeds: large ? Math.min(config.seeds, LARGE_START.seeds) : config.seeds,
    runs: large ? config.runs.map((run) => ({ ...run, batch: Math.max(run.batch, LARGE_START.batch) })) : config.runs,
  };
}

const baseName = (file: string) => file.replace(/^.*[\\/]/, '');
