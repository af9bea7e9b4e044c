import { Button } from '@mantine/core';
import { dataClaim } from '../../gallery/data-claim';
import type { GalleryState } from '../../state/gallery-store';
import { useFiles } from '../files-context';
import { ClaimCard, type ClaimCardProps } from './ClaimCard';
import classes from './gallery.module.css';

interface DataClaimCardProps extends Omit<ClaimCardProps, 'claim' | 'documents'> {
  /** Undefined where no data set is loaded: then the card asks for one. */
  readonly data: GalleryState['data'];
}

/** The claim about the user's data. What it says of them, and its experiment, are known once it ran. */
export function DataClaimCard({ data, ...rest }: DataClaimCardProps) {
  const files = useFiles();
  if (data)
    return <ClaimCard claim={{ ...dataClaim, ...data.claim }} documents={data.claim?.documents ?? []} {...rest} />;
  return (
    <li className={classes['card']} data-claim={dataClaim.id} data-wide={rest.wide} data-found={false}>
      <header>
        <h3>{dataClaim.title}</h3>
      </header>
      <div className={classes['body']}>
        <div className={classes['claim']}>
          <p>{dataClaim.statement}</p>
          <p className={classes['quiet']}>Load data to try this: a CSV, NumPy (.npy) or IDX file.</p>
          <div className={classes['run']}>
            <Button size="xs" variant="light" onClick={files.choose}>
              Choose files…
            </Button>
            <Button size="xs" variant="subtle" onClick={() => void files.loadSample()}>
              Use the sample
            </Button>
          </div>
        </div>
      </div>
    </li>
  );
}
