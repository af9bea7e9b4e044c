import { UnstyledButton } from '@mantine/core';
import { bandsOf } from '../../experiment/curves';
import { formatLoss } from '../../export/figure/format';
import { runSettings } from '../../export/figure/labels';
import type { theoryKeys } from '../../export/figure/theory';
import type { ChartRun, LineStyle } from '../../export/figure/view';
import classes from './chart.module.css';
import { LineKey } from './LineKey';
import { Swatch } from './Swatch';

export interface LegendEntry extends ChartRun {
  readonly label: string;
  readonly style: LineStyle;
}

interface LegendProps {
  readonly entries: readonly LegendEntry[];
  readonly hidden: ReadonlySet<number>;
  /** The kinds of theory lines that are drawn. */
  readonly keys: ReturnType<typeof theoryKeys>;
  readonly onToggle: (id: number) => void;
  /** Shows one run alone. */
  readonly onSolo: (id: number) => void;
  readonly onEmphasise: (id: number | undefined) => void;
}

/** One switch per run with its line and its present median loss. */
export function Legend({ entries, hidden, keys, onToggle, onSolo, onEmphasise }: LegendProps) {
  return (
    <ul className={classes['legend']} aria-label="Curves">
      {entries.map(({ id, run, curve, label, style }) => {
        const last = curve && bandsOf(curve).median.at(-1);
        return (
          <li key={id}>
            <UnstyledButton
              className={classes['chip']}
              aria-pressed={!hidden.has(id)}
              title={`${runSettings(run)}. Click to show or hide, double-click (or Shift and click) to show alone.`}
              onClick={(event) => {
                if (event.shiftKey) onSolo(id);
                else onToggle(id);
              }}
              onDoubleClick={() => {
                onSolo(id);
              }}
              onPointerEnter={() => {
                onEmphasise(hidden.has(id) ? undefined : id);
              }}
              onPointerLeave={() => {
                onEmphasise(undefined);
              }}
            >
              <Swatch style={style} />
              <span>{label}</span>
              {last !== undefined && (
                <span className={classes['chipValue']}>{Number.isFinite(last) ? formatLoss(last) : 'diverged'}</span>
              )}
            </UnstyledButton>
          </li>
        );
      })}
      {keys.map(({ name, stroke }) => (
        <LineKey key={name} stroke={stroke}>
          {name}
        </LineKey>
      ))}
    </ul>
  );
}
