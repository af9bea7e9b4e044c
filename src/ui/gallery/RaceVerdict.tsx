import { useStore } from 'zustand';
import { claims } from '../../gallery/claims';
import { dataClaim } from '../../gallery/data-claim';
import { useView } from '../../state/view-store';
import { useGallery } from '../gallery-context';
import { CheckTable } from './CheckTable';
import { ClaimBadge, standingOf } from './ClaimBadge';
import classes from './gallery.module.css';

/** Under a finished race that is one of the paper's experiments: how it judges the claim. Nothing else. */
export function RaceVerdict() {
  const race = useStore(useGallery().store, (state) => state.race);
  const set = useView((state) => state.set);
  const claim = [...claims, dataClaim].find(({ id }) => id === race?.claim);
  if (!race || !claim) return null;
  const { verdict, documents } = race;
  const held = verdict.checks.filter((check) => check.held).length;
  return (
    <section className={classes['race']} aria-label="Verdict on a claim of the paper">
      <header>
        <ClaimBadge standing={standingOf(verdict)} />
        <p>
          <strong>{claim.title}.</strong>{' '}
          {!verdict.complete && `This is one of the claim’s ${documents} experiments: alone it does not decide it. `}
          {verdict.sentence}
        </p>
      </header>
      <details>
        <summary>
          {held} of {verdict.checks.length} checks held
        </summary>
        <CheckTable checks={verdict.checks} name={claim.title} />
      </details>
      <button
        type="button"
        className={classes['link']}
        onClick={() => {
          set({ place: 'gallery' });
          window.scrollTo({ top: 0 });
        }}
      >
        All claims
      </button>
    </section>
  );
}
