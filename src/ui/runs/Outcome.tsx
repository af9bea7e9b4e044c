import { Tooltip } from '@mantine/core';
import { useShallow } from 'zustand/react/shallow';
import { useSession } from '../../state/session-store';
import { expectationText, outcomeText } from './outcome';
import classes from './runs.module.css';

interface OutcomeProps {
  readonly id: number;
  readonly enabled: boolean;
}

/** State of a run and what theory expects of it. Follows the session by itself, so that the card need not. */
export function Outcome({ id, enabled }: OutcomeProps) {
  const [text, tone, expected, expectedTone] = useSession(
    useShallow(({ shown, progress, imported }) => {
      const entry = shown.find((candidate) => candidate.id === id);
      const going = progress.state === 'running' || progress.state === 'preparing';
      const outcome = outcomeText(enabled, entry?.curve, going && !imported);
      const theory = enabled && entry && !entry.stale ? expectationText(entry.curve?.theory.spectralRadius) : undefined;
      return [outcome.text, outcome.tone, theory?.text, theory?.tone] as const;
    }),
  );
  return (
    <p className={classes['outcome']}>
      <span data-tone={tone}>{text}</span>
      {expected !== undefined && (
        <Tooltip
          multiline
          maw={280}
          label="ρ is the exact factor by which theory says the mean squared error changes per step, in expectation over minibatches. Above 1 the mean grows, even where most lanes shrink."
        >
          <span data-tone={expectedTone} tabIndex={0} className={classes['radius']}>
            {expected}
          </span>
        </Tooltip>
      )}
    </p>
  );
}
