import { useReducedMotion } from '@mantine/hooks';
import { useEffect, useState } from 'react';

/** From the first to the last point in so many seconds, and in so many stills where motion is unwelcome. */
const SECONDS = 9;
const STILLS = 12;

export interface Playback {
  /** Index into the recorded points; undefined follows the race. */
  readonly place: number | undefined;
  readonly playing: boolean;
  readonly show: (place: number | undefined) => void;
  /** Plays on from a place; from the start where that is the last. */
  readonly toggle: (from: number) => void;
}

/** Time in the picture: with the race, by hand, or played. `count` is the number of recorded points. */
export function usePlayback(count: number): Playback {
  const [place, setPlace] = useState<number>();
  const [playing, setPlaying] = useState(false);
  const still = useReducedMotion();

  useEffect(() => {
    if (!playing) return;
    const advance = (by: number) => {
      setPlace((now = 0) => Math.min(count - 1, now + by));
    };
    if (still) {
      const timer = setInterval(() => {
        advance((count - 1) / STILLS);
      }, 700);
      return () => {
        clearInterval(timer);
      };
    }
    let last: number | undefined;
    let frame = requestAnimationFrame(function next(now) {
      // A tab that was away goes on from where it was.
      advance((Math.min(100, now - (last ?? now)) / (SECONDS * 1000)) * (count - 1));
      last = now;
      frame = requestAnimationFrame(next);
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [playing, count, still]);

  const ended = place !== undefined && place >= count - 1;
  return {
    place: place === undefined ? undefined : Math.min(Math.max(0, count - 1), Math.round(place)),
    playing: playing && !ended,
    show: (next) => {
      setPlaying(false);
      setPlace(next);
    },
    toggle: (from) => {
      if (playing && !ended) {
        setPlaying(false);
        return;
      }
      setPlace(from >= count - 1 ? 0 : from);
      setPlaying(true);
    },
  };
}
