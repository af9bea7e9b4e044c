import { memo, useMemo } from 'react';
import type { ChartModel } from '../../export/figure/model';
import { summarise } from '../../export/figure/summary';
import classes from './chart.module.css';
import { useSettled } from './use-settled';

/** The race in sentences. Read out once it has come to rest, not while it runs. */
export function Summary({ model }: { model: ChartModel }) {
  const settled = useSettled(model);
  return <Lines model={settled} busy={settled.running || settled !== model} />;
}

interface LinesProps {
  readonly model: ChartModel;
  /** There is more to say, or will be in a moment. */
  readonly busy: boolean;
}

const Lines = memo(function Lines({ model, busy }: LinesProps) {
  const lines = useMemo(() => summarise(model.runs, model.metric, model.metrics), [model]);
  return (
    <ul
      className={classes['summary']}
      aria-label="Summary of the curves"
      aria-live={busy ? 'off' : 'polite'}
      aria-busy={busy}
    >
      {lines.map(({ id, label, text }) => (
        <li key={id}>
          <strong>{label}:</strong> {text}
        </li>
      ))}
    </ul>
  );
});
