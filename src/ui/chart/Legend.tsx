import { UnstyledButton } from '@mantine/core';
import { bandsOf } from '../../experiment/curves';
import { formatLoss } from '../../export/figure/format';
import { runSettings } from '../../export/figure/labels';
import { EXPECTED_STROKE, SLOPE_STROKE } from '../../export/figure/theory';
import type { ChartRun, LineStyle } from '../../export/figure/view';
import classes from './chart.module.css';
import { Swatch } from './Swatch';

export interface LegendEntry extends ChartRun {
  readonly label: string;
  readonly style: LineStyle;
}

interface LegendProps {
  readonly entries: readonly LegendEntry[];
  readonly hidden: ReadonlySet<number>;
  /** Whether expectations and guaranteed slopes are drawn. */
  readonly theory: boolean;
  readonly guarantee: boolean;
  readonly onToggle: (id: number) => void;
  /** Shows one run alone. */
  readonly onSolo: (id: number) => void;
  readonly onEmphasise: (id: number | undefined) => void;
}

/** One switch per run with its line and its present median loss. */
export function Legend({ entries, hidden, theory, guarantee, onToggle, onSolo, onEmphasise }: LegendProps) {
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
      {theory && <Key stroke={EXPECTED_STROKE}>exact expectation</Key>}
      {guarantee && <Key stroke={SLOPE_STROKE}>guaranteed slope</Key>}
    </ul>
  );
}

interface KeyProps {
  readonly stroke: typeof EXPECTED_STROKE | typeof SLOPE_STROKE;
  readonly children: string;
}

/** What a kind of line means; it comes in the colour of every run. */
function Key({ stroke, children }: KeyProps) {
  return (
    <li className={classes['key']}>
      <svg className={classes['swatch']} width={22} height={8} aria-hidden="true">
        <line
          x1={1}
          x2={21}
          y1={4}
          y2={4}
          stroke="currentColor"
          strokeWidth={stroke.width}
          strokeDasharray={stroke.dash}
          strokeLinecap={stroke === SLOPE_STROKE ? 'round' : 'butt'}
        />
      </svg>
      {children}
    </li>
  );
}
