import { ActionIcon, Loader } from '@mantine/core';
import { useThrottledValue } from '@mantine/hooks';
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipForward,
  IconPlayerStop,
  IconRestore,
} from '@tabler/icons-react';
import { memo } from 'react';
import { isComplete } from '../../state/complete';
import { useExperiment } from '../../state/experiment-store';
import { useSession } from '../../state/session-store';
import { useController } from '../controller-context';
import { bytesText, durationText, rateText, stateText } from './progress-text';
import classes from './transport.module.css';

interface TransportProps {
  /** There is nothing to run: data is missing or every run is switched off. */
  readonly blocked: string | undefined;
}

const iconProps = { size: 17, 'aria-hidden': true } as const;

/** Runs and stops the race and tells how far it is. */
export function Transport({ blocked }: TransportProps) {
  const progress = useSession((state) => state.progress);
  const imported = useSession((state) => state.imported !== undefined);
  const failure = useSession((state) => state.failure);
  const config = useExperiment((experiment) => experiment.config);
  const { state, lanes, fraction, bytes } = progress;
  const complete = useSession((session) => state === 'finished' && isComplete(config, session));
  const going = state === 'running' || state === 'preparing';
  // Text that changes sixty times a second cannot be read, and would flood a screen reader.
  const { rate, secondsLeft } = useThrottledValue(progress, 250);
  // After an edit the engine has finished the race from before, and has yet to start on what the page shows.
  const told = state === 'finished' && !complete ? 'preparing' : state;
  const offered = useSession((session) => session.offer !== undefined);
  const text = blocked ?? stateText(told, imported, failure !== undefined || state === 'failed', offered);
  const again = state === 'finished' || state === 'idle' || imported;
  const disabled = blocked !== undefined;

  return (
    <div className={classes['transport']} role="group" aria-label="Transport">
      <Buttons
        going={going}
        again={again}
        offered={offered}
        idle={state === 'idle' || state === 'finished'}
        disabled={disabled}
      />
      <p className={classes['state']} role="status">
        {state === 'preparing' && <Loader size={12} color="gray" aria-hidden="true" />}
        {text}
      </p>
      <dl className={classes['numbers']}>
        <Stat name="lane-steps per second" shown={state === 'running' && rate > 0}>
          {rateText(rate)}
        </Stat>
        <Stat name="lanes" shown={lanes > 0}>
          {lanes} {lanes === 1 ? 'lane' : 'lanes'}
        </Stat>
        <Stat name="time left" shown={state === 'running' && secondsLeft !== undefined}>
          {durationText(secondsLeft ?? 0)} left
        </Stat>
        <Stat name="memory held" shown={bytes > 0 && state !== 'finished' && state !== 'idle'}>
          {bytesText(bytes)}
        </Stat>
      </dl>
      <div
        className={classes['bar']}
        data-active={going || state === 'paused'}
        role="progressbar"
        aria-label="Progress of all runs"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(fraction * 100)}
      >
        <div style={{ transform: `scaleX(${imported ? 1 : fraction})` }} />
      </div>
    </div>
  );
}

interface ButtonsProps {
  readonly going: boolean;
  /** To play is to start anew. */
  readonly again: boolean;
  /** To play is to go on from where an earlier page was left. */
  readonly offered: boolean;
  /** There is nothing to stop. */
  readonly idle: boolean;
  readonly disabled: boolean;
}

const Buttons = memo(function Buttons({ going, again, offered, idle, disabled }: ButtonsProps) {
  const controller = useController();
  const playLabel = going ? 'Pause' : offered ? 'Go on' : again ? 'Run again' : 'Run';
  return (
    <div className={classes['buttons']}>
      <ActionIcon
        className={classes['play'] ?? ''}
        variant="filled"
        size={36}
        radius="xl"
        aria-label={playLabel}
        title={`${playLabel} (space)`}
        disabled={disabled}
        onClick={controller.togglePlay}
      >
        {going ? <IconPlayerPauseFilled {...iconProps} /> : <IconPlayerPlayFilled {...iconProps} />}
      </ActionIcon>
      <ActionIcon
        size={32}
        aria-label="Single step"
        title="Single step (.)"
        disabled={disabled || again}
        onClick={controller.step}
      >
        <IconPlayerSkipForward {...iconProps} />
      </ActionIcon>
      <ActionIcon size={32} aria-label="Reset" title="Start again (r)" disabled={disabled} onClick={controller.reset}>
        <IconRestore {...iconProps} />
      </ActionIcon>
      <ActionIcon
        size={32}
        aria-label="Stop"
        title="Stop and free the memory"
        disabled={idle}
        onClick={controller.abort}
      >
        <IconPlayerStop {...iconProps} />
      </ActionIcon>
    </div>
  );
});

interface StatProps {
  readonly name: string;
  readonly shown: boolean;
  readonly children: React.ReactNode;
}

function Stat({ name, shown, children }: StatProps) {
  if (!shown) return null;
  return (
    <div>
      <dt className="visually-hidden">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
