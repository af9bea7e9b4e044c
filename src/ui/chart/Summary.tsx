import { memo, useMemo } from 'react';
import type { ChartModel } from '../../export/figure/model';
import { summarise } from '../../export/figure/summary';
import classes from './chart.module.css';
import { useSettled } from './use-settled';

/** The race in sentences. Read out once it has come to rest, not while it runs. */
export function Summary({ model }: { model: ChartModel }) {
  return <Lines model={useSettled(model)} />;
}

const Lines = memo(function Lines({ model }: { model: ChartModel }) {
  const lines = useMemo(() => summarise(model.runs, model.metric, model.metrics), [model]);
  return (
    <ul
      className={classes['summary']}
      aria-label="Summary of the curves"
      aria-live={model.running ? 'off' : 'polite'}
      aria-busy={model.running}
    >
      {lines.map(({ id, label, text }) => (
        <li key={id}>
          <strong>{label}:</strong> {text}
        </li>
      ))}
    </ul>
  );
});
