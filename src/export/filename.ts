/** Names of downloaded files: they say what is inside, and are safe on every file system. */
import type { ExperimentConfig } from '../experiment/config';

export type ExportKind =
  'experiment' | 'result' | 'points' | 'lanes' | 'chart' | 'maps' | 'cells' | 'batch' | 'weights' | 'pytorch';

/** For example `race-gaussian-sgd-mass-chart.svg`; of a sweep `sweep-gaussian-sgd-mass-maps.svg`. */
export function exportFileName(config: ExperimentConfig, kind: ExportKind, extension: string): string {
  const optimizers = [...new Set(config.runs.filter((run) => run.enabled !== false).map((run) => run.optimizer))];
  const of = kind === 'maps' || kind === 'cells' ? 'sweep' : 'race';
  if (kind === 'batch') return `batch-sizes-${config.problem.kind}.${extension}`;
  const stem = [of, config.problem.kind, ...optimizers]
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 80)
    .replace(/-+$/, '');
  return `${stem}-${kind}.${extension}`;
}
