import { Button } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { DownloadMissing } from '../data/DownloadMissing';
import { useMissingDownload } from '../data/use-missing-download';
import { useFiles } from '../files-context';
import classes from './frame.module.css';

/** Stands in the place of the chart while the data is missing. `['']`: none was chosen yet. */
export function EmptyStage({ missing }: { readonly missing: readonly string[] }) {
  const files = useFiles();
  const named = missing.filter((name) => name !== '');
  const download = useMissingDownload(named);
  return (
    <div className={classes['empty']}>
      <IconFileUpload size={34} stroke={1.25} aria-hidden="true" />
      {named.length > 0 ? (
        <>
          <h2>This experiment needs its data</h2>
          <p>
            Drop {named.length > 1 ? 'these files together' : 'this file'} anywhere on the page:{' '}
            <strong>{named.join(', ')}</strong>
          </p>
          {download && <DownloadMissing one={download} missing={named} />}
        </>
      ) : (
        <>
          <h2>Race on your own data</h2>
          <p>Drop a CSV or NumPy file, or the MNIST images and labels together. Nothing leaves this computer.</p>
        </>
      )}
      <div>
        <Button size="xs" variant={download ? 'default' : 'filled'} onClick={files.choose}>
          Choose files…
        </Button>
        <Button size="xs" variant="default" onClick={() => void files.loadSample()}>
          Use the sample
        </Button>
      </div>
    </div>
  );
}
