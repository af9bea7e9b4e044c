import { NativeSelect } from '@mantine/core';
import { useId } from 'react';
import type { ExperimentConfig } from '../../experiment/config';
import { AXIS_CELLS, type SweepAxis, type SweepConfig } from '../../experiment/sweep';
import { parameterName } from '../../export/sweep/axis';
import { axisIssue, axisParameters, withParameter, type AxisName } from '../../state/sweep-axes';
import type { KnownConstants } from '../../theory/spectral';
import { NumberBox } from '../controls/NumberBox';
import { useFault } from '../controls/use-fault';
import classes from './sweep.module.css';

interface AxisControlsProps {
  readonly axis: AxisName;
  readonly sweep: SweepConfig;
  readonly config: ExperimentConfig;
  readonly constants: KnownConstants | undefined;
  /** Returns what the experiment says against it, if anything. */
  readonly onChange: (sweep: SweepConfig) => string | undefined;
}

const names = { x: 'Across', y: 'Upwards' } as const;

/** One axis: its parameter, its ends and its cells. What is refused is said here, and the axis stays as it was. */
export function AxisControls({ axis, sweep, config, constants, onChange }: AxisControlsProps) {
  const [error, setError] = useFault(sweep[axis]);
  const errorId = useId();
  const name = names[axis];
  const { parameter, from, to, count } = sweep[axis];
  const choices = axisParameters(config.runs);
  const options = choices.includes(parameter) ? choices : [...choices, parameter];
  const patch = (change: Partial<SweepAxis>) => {
    setError(onChange({ ...sweep, [axis]: { ...sweep[axis], ...change } }));
  };
  const end = (field: 'from' | 'to', value: number) => (
    <NumberBox
      name={`${name}: ${field}`}
      value={value}
      check={(candidate) => axisIssue(sweep, axis, field, candidate, config)}
      onCommit={(next) => {
        patch({ [field]: next });
      }}
      onError={setError}
      describedBy={error === undefined ? undefined : errorId}
    />
  );
  return (
    <div className={classes['axis']} role="group" aria-label={`${name}: axis of the sweep`}>
      <span className={classes['axisName']}>{name}</span>
      <NativeSelect
        size="xs"
        className={classes['parameter'] ?? ''}
        aria-label={`${name}: parameter`}
        value={parameter}
        data={options.map((value) => ({ value, label: parameterName(value).title }))}
        onChange={(event) => {
          setError(onChange(withParameter(sweep, axis, event.currentTarget.value, config, constants)));
        }}
      />
      <span className={classes['ends']}>
        <span className={classes['number']}>
          <span>from</span>
          {end('from', from)}
        </span>
        <span className={classes['number']}>
          <span>to</span>
          {end('to', to)}
        </span>
        <span className={classes['number']} data-short="true">
          <span>in</span>
          <NumberBox
            name={`${name}: cells`}
            value={count}
            check={(value) =>
              Number.isInteger(value) && value >= AXIS_CELLS.least && value <= AXIS_CELLS.most
                ? undefined
                : `An axis has a whole number of cells, from ${AXIS_CELLS.least} to ${AXIS_CELLS.most}.`
            }
            onCommit={(next) => {
              patch({ count: next });
            }}
            onError={setError}
            describedBy={error === undefined ? undefined : errorId}
          />
          <span>cells</span>
        </span>
      </span>
      {error !== undefined && (
        <p className={classes['error']} id={errorId} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
