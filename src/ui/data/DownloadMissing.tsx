import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { bytesOf, sizeText } from '../../data/download/catalogue';
import { toDownload, type DownloadableSet } from '../../state/download-store';
import { useDownloads } from '../downloads-context';
import classes from './data.module.css';
import { DownloadStatus } from './DownloadStatus';

interface DownloadMissingProps {
  /** The data set that they are of. */
  readonly one: DownloadableSet;
  readonly missing: readonly string[];
}

/** Offers to download the files of a well-known data set that an experiment misses. */
export function DownloadMissing({ one, missing }: DownloadMissingProps) {
  const downloads = useDownloads();
  const size = sizeText(bytesOf(toDownload(one, missing)));
  return (
    <div className={classes['missing']}>
      {one.phase.kind === 'idle' && (
        <Button
          size="xs"
          leftSection={<IconDownload size={15} aria-hidden="true" />}
          onClick={() => void downloads.get(one.set.id, missing)}
        >
          Download {one.set.name} ({size})
        </Button>
      )}
      <DownloadStatus one={one} />
    </div>
  );
}
