import { Button, Progress } from '@mantine/core';
import { sizeText } from '../../data/download/catalogue';
import { percentOf, type DownloadableSet } from '../../state/download-store';
import { useDownloads } from '../downloads-context';
import classes from './data.module.css';

/** How far a download is, or why it failed; nothing while nothing happens. */
export function DownloadStatus({ one: { set, phase } }: { readonly one: DownloadableSet }) {
  const downloads = useDownloads();
  switch (phase.kind) {
    case 'idle':
      return null;
    case 'failed':
      return (
        <div className={classes['failed']} role="alert">
          <p>{phase.message}</p>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => void downloads.get(set.id, phase.wanted)}
            aria-label={`Try ${set.name} again`}
          >
            Try again
          </Button>
        </div>
      );
    default: {
      const percent = phase.kind === 'downloading' ? percentOf(phase) : 100;
      return (
        <div className={classes['progress']}>
          <Progress value={percent} size="sm" aria-label={`Download of ${set.name}`} />
          <span>
            {phase.kind === 'downloading'
              ? `${percent} % of ${sizeText(phase.total)}`
              : phase.kind === 'checking'
                ? 'Checking…'
                : 'Loading…'}
          </span>
          {phase.kind !== 'loading' && (
            <Button
              size="compact-xs"
              variant="subtle"
              onClick={() => {
                downloads.stop(set.id);
              }}
              aria-label={`Stop the download of ${set.name}`}
            >
              Stop
            </Button>
          )}
        </div>
      );
    }
  }
}
