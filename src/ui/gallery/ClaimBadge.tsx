import { Loader } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconProgress, IconX } from '@tabler/icons-react';
import type { Verdict } from '../../gallery/types';
import classes from './gallery.module.css';

/** How a claim stands. Where not all of its experiments ran: `so-far` if what ran agrees, `missed` if a check failed. */
export type ClaimStanding = 'waiting' | 'running' | 'held' | 'refuted' | 'so-far' | 'missed' | 'broken';

const looks = {
  waiting: { text: 'Waiting', icon: IconProgress },
  running: { text: 'Running', icon: undefined },
  held: { text: 'Held', icon: IconCheck },
  refuted: { text: 'Did not hold', icon: IconX },
  'so-far': { text: 'Held so far', icon: IconProgress },
  missed: { text: 'Not all checks held', icon: IconX },
  broken: { text: 'Could not run', icon: IconAlertTriangle },
} as const;

export function standingOf({ held, complete }: Verdict): ClaimStanding {
  if (held) return complete ? 'held' : 'so-far';
  return complete ? 'refuted' : 'missed';
}

export function ClaimBadge({ standing }: { readonly standing: ClaimStanding }) {
  const { text, icon: Icon } = looks[standing];
  return (
    <span className={classes['badge']} data-standing={standing}>
      {Icon ? <Icon size={14} stroke={2.25} aria-hidden="true" /> : <Loader size={12} aria-hidden="true" />}
      {text}
    </span>
  );
}
