import type { ExportSource } from '../../export/dataset';
import type { ExperimentState } from '../../state/experiment-store';
import type { SessionState } from '../../state/session-store';

/** What an export of the page as it stands is made from. */
export function exportSource(
  { config }: Pick<ExperimentState, 'config'>,
  { shown, objective, engine, imported }: SessionState,
): ExportSource {
  return {
    config,
    runs: shown,
    epochRows: imported ? imported.epochRows : objective?.rows,
    engine: imported ?? engineOf({ engine }),
  };
}

/** The page's own engine, for the credits of what it computed. */
export function engineOf({ engine }: Pick<SessionState, 'engine'>): ExportSource['engine'] {
  const adapter = engine?.adapter ?? { vendor: '', architecture: '', description: '' };
  return { engine: engine?.kind ?? 'cpu', adapter };
}
