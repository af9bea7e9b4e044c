/** The paper's claims: what each says, its experiments to open or to run, and whether it held. */
import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { claims } from '../../gallery/claims';
import { dataClaim } from '../../gallery/data-claim';
import type { ClaimId, GalleryDocument } from '../../gallery/types';
import { Failure } from '../frame/Failure';
import { useGallery } from '../gallery-context';
import { ClaimCard } from './ClaimCard';
import { wideCards } from './columns';
import { DataClaimCard } from './DataClaimCard';
import classes from './gallery.module.css';

export function GalleryView() {
  const gallery = useGallery();
  const { documents, data, outcomes, running, waiting, networkRate, failure } = useStore(gallery.store);
  useEffect(() => {
    void gallery.load();
  }, [gallery]);
  const judged = [...outcomes.values()].filter((outcome) => outcome.kind === 'judged');
  const held = judged.filter(({ verdict }) => verdict.held && verdict.complete).length;
  const busy = running !== undefined;
  const ids = claims.map(({ id }) => id);
  const all = data ? [...ids, dataClaim.id] : ids;
  const wide = wideCards([...ids, dataClaim.id].map((id) => outcomes.has(id)));
  const common = (id: ClaimId, k: number) => ({
    outcome: outcomes.get(id),
    running,
    waiting: waiting.includes(id),
    wide: wide[k]!,
    networkRate,
    onRun: () => {
      gallery.run([id]);
    },
    onStop: gallery.stop,
    onOpen: ({ config }: GalleryDocument) => {
      gallery.open(config);
      window.scrollTo({ top: 0 });
    },
  });
  return (
    <section className={classes['gallery']} aria-labelledby="gallery-heading">
      <header className={classes['head']}>
        <div>
          <h2 id="gallery-heading">The paper’s claims</h2>
          <p>
            Each is a statement that can be false. Its experiments run in this browser, beside the race, and what they
            measure is held against exact theory.
          </p>
        </div>
        <div className={classes['run']}>
          <p role="status">
            {judged.length > 0 &&
              `${judged.length} of ${all.length} judged: ${held} held${judged.length > held ? `, ${judged.length - held} did not` : ''}`}
          </p>
          <Button
            size="xs"
            variant={busy ? 'default' : 'filled'}
            disabled={!documents}
            onClick={
              busy
                ? gallery.stop
                : () => {
                    gallery.run(all);
                  }
            }
          >
            {busy ? 'Stop all' : 'Run all claims'}
          </Button>
        </div>
      </header>
      {failure && <Failure title="The claims could not be prepared.">{failure}</Failure>}
      <ul className={classes['cards']}>
        {claims.map((claim, k) => (
          <ClaimCard
            key={claim.id}
            claim={claim}
            documents={documents?.find((entry) => entry.claim === claim.id)?.documents}
            {...common(claim.id, k)}
          />
        ))}
        <DataClaimCard data={data} {...common(dataClaim.id, claims.length)} />
      </ul>
    </section>
  );
}
