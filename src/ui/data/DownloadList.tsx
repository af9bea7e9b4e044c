import { ActionIcon, Anchor, Button } from '@mantine/core';
import { IconDownload, IconTrash } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { bytesOf, sizeText, type RemotePart } from '../../data/download/catalogue';
import { sameFiles } from '../../state/datasets';
import { toDownload, type DownloadableSet } from '../../state/download-store';
import { useDownloads } from '../downloads-context';
import classes from './data.module.css';
import { DownloadStatus } from './DownloadStatus';

/** Well-known data sets, each a click away; `inUse` are the files of the experiment. Folds away once there is data. */
export function DownloadList({ inUse, folded }: { readonly inUse: readonly string[]; readonly folded: boolean }) {
  const downloads = useDownloads();
  const { list, sets, lasts } = useStore(downloads.store);
  const [chosen, setChosen] = useState<boolean>();
  const open = chosen ?? !folded;

  useEffect(() => {
    if (open) void downloads.open();
  }, [open, downloads]);

  return (
    <details
      className={classes['downloads']}
      open={open}
      onToggle={(event) => {
        // Also told when the page folds it: only a change is the user's.
        if (event.currentTarget.open !== open) setChosen(event.currentTarget.open);
      }}
    >
      <summary>Download a data set</summary>
      {list === 'failed' && (
        <div className={classes['failed']} role="alert">
          <p>The list of data sets could not be read.</p>
          <Button size="compact-xs" variant="default" onClick={() => void downloads.open()}>
            Try again
          </Button>
        </div>
      )}
      <ul aria-label="Data sets to download">
        {sets.map((one) => (
          <Entry key={one.set.id} one={one} inUse={inUse} />
        ))}
      </ul>
      {list === 'read' && (
        <p className={classes['note']}>
          {lasts
            ? 'Checked, kept in this browser, never asked for again.'
            : 'This browser gives the page no storage: files are kept until it is closed.'}
        </p>
      )}
    </details>
  );
}

function Entry({ one, inUse }: { readonly one: DownloadableSet; readonly inUse: readonly string[] }) {
  const downloads = useDownloads();
  const { set, phase, kept } = one;
  const busy = phase.kind !== 'idle' && phase.kind !== 'failed';
  const keptBytes = bytesOf(set.files.filter(({ name }) => kept.has(name)));
  return (
    <li>
      <div className={classes['head']}>
        <h3>{set.name}</h3>
        <span>{keptText(keptBytes, bytesOf(set.files))}</span>
        {kept.size > 0 && (
          <ActionIcon
            size="sm"
            disabled={busy}
            aria-label={`Remove ${set.name} from this browser`}
            title={`Remove ${set.name} from this browser`}
            onClick={() => void downloads.remove(set.id)}
          >
            <IconTrash size={14} aria-hidden="true" />
          </ActionIcon>
        )}
      </div>
      <p>
        {set.about}.{' '}
        <Anchor href={set.page} target="_blank" rel="noreferrer" inherit underline="always">
          {set.source}
        </Anchor>
        , {set.licence}.
      </p>
      <div className={classes['parts']}>
        {set.parts.map((part) => {
          const bytes = bytesOf(toDownload(one, part.files));
          return (
            <Button
              key={part.name}
              size="compact-xs"
              title={rows(part)}
              variant={bytes > 0 ? 'default' : 'light'}
              disabled={busy}
              aria-pressed={sameFiles(part.files, inUse)}
              leftSection={bytes > 0 && <IconDownload size={13} aria-hidden="true" />}
              onClick={() => void downloads.get(set.id, part.files)}
            >
              {part.name}
              <span className="visually-hidden">, {rows(part)}</span>
              {bytes > 0 && <span className={classes['size']}>{sizeText(bytes)}</span>}
            </Button>
          );
        })}
      </div>
      <DownloadStatus one={one} />
    </li>
  );
}

const rows = (part: RemotePart) => `${part.rows.toLocaleString('en-US')} rows`;

function keptText(kept: number, total: number): string {
  if (kept === 0) return sizeText(total);
  return kept === total ? `${sizeText(total)} kept` : `${sizeText(kept)} of ${sizeText(total)} kept`;
}
