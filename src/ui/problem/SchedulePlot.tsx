import type { Training } from '../../problems/training';
import { numberText } from '../controls/number-text';
import { ratePlot } from './training-edits';
import classes from './training.module.css';

interface SchedulePlotProps {
  readonly training: Training;
  readonly steps: number;
}

/** What step sizes are multiplied by over the run. */
export function SchedulePlot({ training, steps }: SchedulePlotProps) {
  const { path, from, to, logarithmic, first, last } = ratePlot(training, steps);
  const times = (rate: number) => (rate === 0 ? '0' : `× ${numberText(rate, 2)}`);
  return (
    <figure
      className={classes['plot']}
      role="img"
      aria-label={`Step sizes over ${numberText(steps)} steps: ${times(first)} at first, ${times(last)} at last`}
    >
      <span className={classes['ends']} aria-hidden="true">
        <span>{times(to)}</span>
        <span>{times(from)}</span>
      </span>
      <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        <path d={path} />
      </svg>
      <span className={classes['steps']} aria-hidden="true">
        <span>0</span>
        <span>{`step size over the run${logarithmic ? ', logarithmic' : ''}`}</span>
        <span>{numberText(steps)}</span>
      </span>
    </figure>
  );
}
