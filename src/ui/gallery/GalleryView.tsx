/** The paper's claims: what each says, its experiments to open or to run, and whether it held. */
import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { claims } from '../../gallery/claims';
import { useGallery } from '../gallery-context';
import { ClaimCard } from './ClaimCard';
import { wideCards } from './columns';
import classes from './gallery.module.css';

export function GalleryView() {
  const gallery = useGallery();
  const { documents, outcomes, running, waiting, failure } = useStore(gallery.store);
  useEffect(() => {
    void gallery.load();
  }, [gallery]);
  const judged = [...outcomes.values()].filter((outcome) => outcome.kind === 'judged');
  const held = judged.filter(({ verdict }) => verdict.held && verdict.complete).length;
  const busy = running !== undefined;
  const wide = wideCards(claims.map(({ id }) => outcomes.has(id)));
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
              `${held} of ${claims.length} held${judged.length > held ? ` · ${judged.length - held} did not` : ''}`}
          </p>
          <Button
            size="xs"
            variant={busy ? 'default' : 'filled'}
            disabled={!documents}
            onClick={
              busy
                ? gallery.stop
                : () => {
                    gallery.run(claims.map(({ id }) => id));
                  }
            }
          >
            {busy ? 'Stop all' : 'Run all claims'}
          </Button>
        </div>
      </header>
      {failure && <p role="alert">{failure}</p>}
      <ul className={classes['cards']}>
        {claims.map((claim, k) => (
          <ClaimCard
            key={claim.id}
            claim={claim}
            documents={documents?.find((entry) => entry.claim === claim.id)?.documents}
            outcome={outcomes.get(claim.id)}
            running={running}
            waiting={waiting.includes(claim.id)}
            wide={wide[k]!}
            onRun={() => {
              gallery.run([claim.id]);
            }}
            onStop={gallery.stop}
            onOpen={({ config }) => {
              gallery.open(config);
              window.scrollTo({ top: 0 });
            }}
          />
        ))}
      </ul>
    </section>
  );
}
