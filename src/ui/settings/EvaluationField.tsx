import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { ControlRow } from '../controls/ControlRow';
import { NumberBox } from '../controls/NumberBox';
import classes from './settings.module.css';

interface EvaluationFieldProps {
  readonly every: number | 'auto';
  /** Returns what the experiment says against it, if anything. */
  readonly onChange: (every: number | 'auto') => string | undefined;
}

/** At which steps losses are recorded. */
export function EvaluationField({ every, onChange }: EvaluationFieldProps) {
  const [error, setError] = useState<string>();
  const change = (next: number | 'auto') => {
    setError(onChange(next));
  };
  return (
    <>
      <ControlRow
        label="record"
        help="Auto: dense at the start and sparse later, 24 to 240 points, at a tenth of the computing time where 24 allow that. Or every k-th step."
      >
        <SegmentedControl
          size="xs"
          aria-label="Steps at which losses are recorded"
          data={[
            { value: 'auto', label: 'Auto' },
            { value: 'every', label: 'Every' },
          ]}
          value={every === 'auto' ? 'auto' : 'every'}
          onChange={(value) => {
            change(value === 'auto' ? 'auto' : 100);
          }}
        />
        {every !== 'auto' && (
          <>
            <NumberBox
              name="Steps from one record to the next"
              value={every}
              check={(value) =>
                Number.isInteger(value) && value >= 1 ? undefined : 'Must be a whole number of at least 1.'
              }
              onCommit={change}
            />
            <span className={classes['unit']}>steps</span>
          </>
        )}
      </ControlRow>
      {error !== undefined && (
        <p className={classes['error']} role="alert">
          {error}
        </p>
      )}
    </>
  );
}
