import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, type MouseEvent } from 'react';
import { permalinkHash } from '../../experiment/permalink';
import { useExperiment } from '../../state/experiment-store';
import { useView, type Place } from '../../state/view-store';
import { searchOf } from '../place-sync';
import { views } from '../views';
import classes from './frame.module.css';

/** The links follow an experiment that has been at rest for so long, ms: to spell it out is dear. */
const REST = 250;

/** Links to the views: they can be copied and opened in another tab, with the present experiment. */
export function ViewTabs() {
  const open = useView((state) => state.place);
  const set = useView((state) => state.set);
  const [config] = useDebouncedValue(
    useExperiment((state) => state.config),
    REST,
  );
  const hash = useMemo(() => permalinkHash(config), [config]);
  const follow = (event: MouseEvent, place: Place) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    set({ place });
    window.scrollTo({ top: 0 });
  };
  return (
    <nav className={classes['tabs']} aria-label="Views">
      {views.map(({ place, label }) => (
        <a
          key={place}
          href={`${window.location.pathname}${searchOf(place, window.location.search)}${hash}`}
          aria-current={place === open ? 'page' : undefined}
          onClick={(event) => {
            follow(event, place);
          }}
        >
          {label}
        </a>
      ))}
    </nav>
  );
}
