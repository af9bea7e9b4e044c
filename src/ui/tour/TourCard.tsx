import { Button, CloseButton } from '@mantine/core';
import { useEffect, useRef, type KeyboardEvent as ReactKeyboardEvent } from 'react';
import { useStore } from 'zustand';
import { useTour } from '../tour-context';
import { stops, type TourStop } from './stops';
import { TOUR_BUTTON } from './TourButton';
import classes from './tour.module.css';
import { usePointer } from './use-pointer';

/** The open stop of the tour, in a corner: its buttons stay where they are from stop to stop. Nothing outside of the tour. */
export function TourCard() {
  const tour = useTour();
  const index = useStore(tour.store, ({ stop }) => stop);
  const stop = index === undefined ? undefined : stops[index];
  if (index === undefined || !stop) return null;
  return <Card index={index} stop={stop} />;
}

/** Elements in which Escape means something else. */
const OWN_ESCAPE = 'input, textarea, select, [role="menu"], [role="listbox"], .mantine-Popover-dropdown';

function Card({ index, stop }: { readonly index: number; readonly stop: TourStop }) {
  const { back, leave, next } = useTour();
  const forward = useRef<HTMLButtonElement>(null);
  usePointer(stop.target, stop.place);

  useEffect(() => {
    forward.current?.focus({ preventScroll: true });
    return () => document.getElementById(TOUR_BUTTON)?.focus({ preventScroll: true });
  }, []);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return;
      if (event.target instanceof Element && event.target.closest(OWN_ESCAPE)) return;
      leave();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
    };
  }, [leave]);

  const onArrow = (event: ReactKeyboardEvent) => {
    if (event.key === 'ArrowRight' && index < stops.length - 1) next();
    else if (event.key === 'ArrowLeft') back();
    else return;
    event.preventDefault();
  };

  return (
    <div className={classes['card']} role="dialog" aria-label="Guided tour" onKeyDown={onArrow}>
      <div aria-live="polite">
        <p className={classes['count']}>
          Stop {index + 1} of {stops.length}
        </p>
        <h2>{stop.title}</h2>
        <p>{stop.text}</p>
      </div>
      <CloseButton className={classes['close'] ?? ''} size="sm" aria-label="Leave the tour" onClick={leave} />
      <div className={classes['buttons']}>
        <Button size="compact-sm" variant="default" disabled={index === 0} onClick={back}>
          Back
        </Button>
        <Button ref={forward} size="compact-sm" onClick={next}>
          {index === stops.length - 1 ? 'Finish' : 'Next'}
        </Button>
      </div>
    </div>
  );
}
