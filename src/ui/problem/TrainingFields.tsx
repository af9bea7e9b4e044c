import { NativeSelect, Switch } from '@mantine/core';
import { useId } from 'react';
import { listed } from '../../data/words';
import { range, within, type ValidRange } from '../../experiment/valid-range';
import { optimizers } from '../../optimizers/registry';
import { LAST_STEP, type Training } from '../../problems/training';
import { experimentStore, useExperiment } from '../../state/experiment-store';
import { ControlRow } from '../controls/ControlRow';
import { ListBox } from '../controls/ListBox';
import { NumberBox } from '../controls/NumberBox';
import { useFault } from '../controls/use-fault';
import { ValueSlider } from '../controls/ValueSlider';
import type { NetworkPanelProps } from './NetworkPanel';
import { SchedulePlot } from './SchedulePlot';
import {
  misfit,
  parseSteps,
  startSchedule,
  stepsText,
  withTraining,
  type Schedule,
  type ScheduleKind,
} from './training-edits';
import classes from './training.module.css';

const SCHEDULES: readonly { readonly value: ScheduleKind; readonly label: string }[] = [
  { value: 'constant', label: 'Constant' },
  { value: 'step', label: 'Step decay' },
  { value: 'cosine', label: 'Cosine' },
];
const FACTOR = { slider: { min: 0.01, max: 1 }, valid: { min: 0, openMin: true, max: 1 } } as const;
const PERIOD = { slider: { min: 10, max: 1_000_000 }, valid: { min: 1, max: LAST_STEP } } as const;
const WARM_UP = { min: 0, max: LAST_STEP } as const;
const WEIGHT_DECAY = { valid: { min: 0, openMin: true, max: 1 }, start: 1e-4 } as const;
const CLIP = { valid: { min: 0, openMin: true, max: 1e30 }, start: 1 } as const;

const RESTARTING = optimizers.filter((one) => 'restarts' in one).map(({ label }) => label);

type Change = (change: Partial<Training>, gesture?: string) => string | undefined;

/** How a network is trained besides its optimizers: the schedule of step sizes, weight decay, clipping. */
export function TrainingFields({ problem, onChange }: NetworkPanelProps) {
  const steps = useExperiment((state) => state.config.steps);
  const { training = {} } = problem;
  const { schedule, warmUp = 0, weightDecay, clip } = training;
  const set: Change = (change, gesture) => onChange(withTraining(problem, { ...training, ...change }), gesture);
  return (
    <>
      <ControlRow label="step sizes" help="What becomes of all step sizes in the course of a run.">
        <NativeSelect
          flex={1}
          aria-label="Schedule of step sizes"
          value={schedule?.kind ?? 'constant'}
          data={SCHEDULES}
          onChange={(event) => {
            set({ schedule: startSchedule(event.currentTarget.value as ScheduleKind, steps) });
          }}
        />
      </ControlRow>
      {schedule && <ScheduleFields schedule={schedule} steps={steps} onChange={set} />}
      <ValueSlider
        label="warm-up"
        help="Step sizes grow evenly over so many steps."
        value={warmUp}
        scale="linear"
        slider={{ min: 0, max: Math.max(10, Math.round(steps / 4)) }}
        valid={WARM_UP}
        integer
        initial={0}
        onChange={(value, gesture) => set({ warmUp: value }, gesture ? 'warm-up' : undefined)}
        onChangeEnd={experimentStore.getState().endGesture}
      />
      {(schedule !== undefined || warmUp > 0) && <SchedulePlot training={training} steps={steps} />}
      <Optional
        label="weight decay"
        help="Adds so many times the weights to every gradient."
        name="Weight decay"
        value={weightDecay}
        {...WEIGHT_DECAY}
        onChange={(value) => set({ weightDecay: value })}
      />
      <Optional
        label="clip gradients"
        help="Scales the gradient of a minibatch down to this norm where its own is larger."
        name="Largest norm of a gradient"
        value={clip}
        {...CLIP}
        onChange={(value) => set({ clip: value })}
      />
    </>
  );
}

interface ScheduleFieldsProps {
  readonly schedule: Schedule;
  readonly steps: number;
  readonly onChange: Change;
}

function ScheduleFields({ schedule, steps, onChange }: ScheduleFieldsProps) {
  const { endGesture } = experimentStore.getState();
  const note = misfit(schedule, steps);
  return (
    <>
      {schedule.kind === 'step' ? (
        <>
          <ControlRow label="at steps" help="Steps at which all step sizes are multiplied by the factor, in order.">
            <ListBox
              name="Steps of the decay"
              text={stepsText(schedule.at)}
              onCommit={(text) => {
                const parsed = parseSteps(text);
                return 'error' in parsed ? parsed.error : onChange({ schedule: { ...schedule, at: parsed.at } });
              }}
            />
          </ControlRow>
          <ValueSlider
            label="factor"
            context="Decay"
            value={schedule.factor}
            scale="log"
            {...FACTOR}
            initial={0.1}
            onChange={(factor, gesture) =>
              onChange({ schedule: { ...schedule, factor } }, gesture ? 'factor' : undefined)
            }
            onChangeEnd={endGesture}
          />
          <p className={classes['note']}>
            {`${listed(RESTARTING)} restarts at these steps from its present weights, as its authors do.`}
          </p>
        </>
      ) : (
        <ValueSlider
          label="period"
          context="Cosine"
          help="Step sizes fall as half a cosine to 0 at this step."
          value={schedule.period}
          scale="log"
          {...PERIOD}
          integer
          initial={steps}
          onChange={(period, gesture) =>
            onChange({ schedule: { ...schedule, period } }, gesture ? 'period' : undefined)
          }
          onChangeEnd={endGesture}
        />
      )}
      {note !== undefined && <p className={classes['note']}>{note}</p>}
    </>
  );
}

interface OptionalProps {
  readonly label: string;
  readonly help: string;
  /** Accessible name of the number. */
  readonly name: string;
  /** Undefined: off. */
  readonly value: number | undefined;
  readonly valid: ValidRange;
  /** The value that it is switched on with. */
  readonly start: number;
  readonly onChange: (value: number | undefined) => string | undefined;
}

/** A number that can be switched off. */
function Optional({ label, help, name, value, valid, start, onChange }: OptionalProps) {
  const [error, setError] = useFault(value);
  const id = useId();
  const errorId = useId();
  const check = (candidate: number) => (within(valid, candidate) ? undefined : `${name} must be ${range(valid)}.`);
  const change = (next: number | undefined) => {
    setError(onChange(next));
  };
  return (
    <>
      <ControlRow label={label} help={help} htmlFor={id}>
        <Switch
          id={id}
          size="xs"
          checked={value !== undefined}
          onChange={(event) => {
            change(event.currentTarget.checked ? start : undefined);
          }}
        />
        {value !== undefined && (
          <span className={classes['norm']}>
            <NumberBox
              name={name}
              value={value}
              check={check}
              onCommit={change}
              onError={setError}
              describedBy={error === undefined ? undefined : errorId}
            />
          </span>
        )}
      </ControlRow>
      {error !== undefined && (
        <p id={errorId} className={classes['error']} role="alert">
          {error}
        </p>
      )}
    </>
  );
}
