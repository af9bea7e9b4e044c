import { Button, Loader } from '@mantine/core';
import { useThrottledValue } from '@mantine/hooks';
import { IconPlayerPauseFilled, IconPlayerPlayFilled, IconPlayerStopFilled, IconTrash } from '@tabler/icons-react';
import type { SweepState as EngineSweepState } from '../../engine/sweep/events';
import { formatCount } from '../../export/figure/format';
import type { SweepState, SweepStudy } from '../../state/sweep-store';
import { Failure } from '../frame/Failure';
import { bytesText, durationText, rateText } from '../transport/progress-text';
import classes from './sweep.module.css';

interface SweepTransportProps {
  readonly study: SweepStudy;
  readonly state: SweepState;
  readonly finished: number;
  readonly total: number;
  /** Why nothing can be computed. */
  readonly blocked: string | undefined;
  readonly onStart: () => void;
}

const iconProps = { size: 15, 'aria-hidden': true } as const;

const words: Record<EngineSweepState, string> = {
  preparing: 'Preparing',
  running: 'Running',
  paused: 'Paused',
  finished: 'Finished',
  stopped: 'Stopped',
  failed: 'Failed',
};

/** Starts and stops the sweep and tells how far it is. */
export function SweepTransport({ study, state, finished, total, blocked, onStart }: SweepTransportProps) {
  const { active, failure, note } = state;
  const { progress } = state;
  // Numbers that change at every frame cannot be read.
  const told = useThrottledValue(progress, 250);
  const paused = active && progress?.state === 'paused';
  const done = total > 0 && finished === total;
  const text =
    failure !== undefined
      ? 'Failed'
      : active
        ? words[progress?.state ?? 'preparing']
        : done
          ? 'Finished'
          : finished > 0
            ? 'Stopped'
            : (blocked ?? 'Not started');
  const fraction = active ? (progress?.fraction ?? 0) : done ? 1 : total > 0 ? finished / total : 0;
  return (
    <div className={classes['transport']} role="group" aria-label="Sweep transport">
      <div className={classes['buttons']}>
        {active ? (
          <Button
            size="xs"
            color="dark"
            variant="default"
            leftSection={paused ? <IconPlayerPlayFilled {...iconProps} /> : <IconPlayerPauseFilled {...iconProps} />}
            onClick={paused ? study.resume : study.pause}
          >
            {paused ? 'Resume' : 'Pause'}
          </Button>
        ) : (
          <Button
            size="xs"
            disabled={blocked !== undefined || done}
            leftSection={<IconPlayerPlayFilled {...iconProps} />}
            onClick={onStart}
          >
            {finished > 0 && !done ? 'Continue' : 'Start'}
          </Button>
        )}
        <Button
          size="xs"
          variant="subtle"
          disabled={!active}
          leftSection={<IconPlayerStopFilled {...iconProps} />}
          title="Ends the sweep and frees its memory; finished cells stay"
          onClick={study.stop}
        >
          Stop
        </Button>
        <Button
          size="xs"
          variant="subtle"
          disabled={active || finished === 0}
          leftSection={<IconTrash {...iconProps} />}
          title="Throws all cells away"
          onClick={study.clear}
        >
          Clear
        </Button>
      </div>
      <p className={classes['state']} role="status">
        {active && progress?.state !== 'paused' && progress?.state !== 'running' && (
          <Loader size={12} color="gray" aria-hidden="true" />
        )}
        {text}
      </p>
      <dl className={classes['numbers']}>
        {(active || finished > 0) && total > 0 && (
          <Stat name="cells finished">
            {formatCount(finished)} of {formatCount(total)} cells
          </Stat>
        )}
        {active && told?.state === 'running' && told.secondsLeft !== undefined && (
          <Stat name="time left">{durationText(told.secondsLeft)} left</Stat>
        )}
        {active && told?.state === 'running' && told.rate > 0 && (
          <Stat name="lane-steps per second">{rateText(told.rate)}</Stat>
        )}
        {active && told && told.lanes > 0 && (
          <Stat name="lanes">
            {formatCount(told.lanesAtOnce)} of {formatCount(told.lanes)} lanes at once
          </Stat>
        )}
        {active && told && told.budget > 0 && (
          <Stat name="memory">
            {bytesText(told.bytes)} of at most {bytesText(told.budget)}
          </Stat>
        )}
      </dl>
      {failure !== undefined && <Failure title="The sweep stopped.">{failure}</Failure>}
      {note !== undefined && <p className={classes['note']}>{note}</p>}
      <div
        className={classes['bar']}
        data-active={active}
        role="progressbar"
        aria-label="Progress of the sweep"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(fraction * 100)}
      >
        <div style={{ transform: `scaleX(${fraction})` }} />
      </div>
    </div>
  );
}

function Stat({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt className="visually-hidden">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
