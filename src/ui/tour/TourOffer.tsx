import { Button } from '@mantine/core';
import { useStore } from 'zustand';
import { useTour } from '../tour-context';
import { stops } from './stops';
import classes from './tour.module.css';

/** A line for those who are here for the first time. */
export function TourOffer() {
  const tour = useTour();
  const { offered, stop } = useStore(tour.store);
  if (!offered || stop !== undefined) return null;
  return (
    <aside className={classes['offer']} aria-label="Guided tour">
      <p>New here? {stops.length} short stops show what the curves mean.</p>
      <div>
        <Button size="compact-xs" variant="light" onClick={tour.start}>
          Take the tour
        </Button>
        <Button size="compact-xs" variant="subtle" color="gray" onClick={tour.dismiss}>
          No, thanks
        </Button>
      </div>
    </aside>
  );
}
