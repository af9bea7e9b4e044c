import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useStore } from 'zustand';
import { bytesOf, orderOf, sizeText } from '../../data/download/catalogue';
import { toDownload } from '../../state/download-store';
import { useDownloads } from '../downloads-context';
import classes from './data.module.css';
import { DownloadStatus } from './DownloadStatus';

/** Offers to download the files that an experiment misses, where they are those of a well-known data set. */
export function DownloadMissing({ missing }: { readonly missing: readonly string[] }) {
  const downloads = useDownloads();
  const sets = useStore(downloads.store, (state) => state.sets);
  const order = orderOf(
    sets.map(({ set }) => set),
    missing,
  );
  const one = order && sets.find(({ set }) => set === order.set);
  if (!one) return null;
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
