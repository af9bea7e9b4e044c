import { UnstyledButton } from '@mantine/core';
import { memo } from 'react';
import { bandsOf } from '../../experiment/curves';
import { runSettings } from '../../export/figure/labels';
import { formatMetric } from '../../export/figure/metrics';
import type { LegendKey } from '../../export/figure/keys';
import type { ChartRun, LineStyle } from '../../export/figure/view';
import type { Metric } from '../../problems/metrics';
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
  /** What the chart shows. */
  readonly metric: Metric;
  /** The lines besides the runs. */
  readonly keys: readonly LegendKey[];
  readonly onToggle: (id: number) => void;
  /** Shows one run alone. */
  readonly onSolo: (id: number) => void;
  readonly onEmphasise: (id: number | undefined) => void;
}

/** One switch per run with its line and its present median. */
export function Legend({ entries, hidden, metric, keys, onToggle, onSolo, onEmphasise }: LegendProps) {
  return (
    <ul className={classes['legend']} aria-label="Curves">
      {entries.map(({ id, run, curve, label, style }) => {
        const last = curve && bandsOf(curve, metric).median.at(-1);
        return (
          <Chip
            key={id}
            id={id}
            label={label}
            settings={runSettings(run)}
            value={last === undefined ? undefined : Number.isFinite(last) ? formatMetric(metric, last) : 'diverged'}
            shown={!hidden.has(id)}
            colour={style.colour}
            dash={style.dash}
            onToggle={onToggle}
            onSolo={onSolo}
            onEmphasise={onEmphasise}
          />
        );
      })}
      {keys.map(({ name, stroke, upright }) => (
        <LineKey key={name} stroke={stroke} upright={upright}>
          {name}
        </LineKey>
      ))}
    </ul>
  );
}

interface ChipProps extends LineStyle, Pick<LegendProps, 'onToggle' | 'onSolo' | 'onEmphasise'> {
  readonly id: number;
  readonly label: string;
  /** The run's hyper-parameters in words. */
  readonly settings: string;
  /** The present median in words; undefined where there is none yet. */
  readonly value: string | undefined;
  readonly shown: boolean;
}

/** Drawn anew only where something in it changed. */
const Chip = memo(function Chip(props: ChipProps) {
  const { id, label, settings, value, shown, colour, dash, onToggle, onSolo, onEmphasise } = props;
  return (
    <li>
      <UnstyledButton
        className={classes['chip']}
        aria-pressed={shown}
        title={`${settings}. Click to show or hide, double-click (or Shift and click) to show alone.`}
        onClick={(event) => {
          if (event.shiftKey) onSolo(id);
          else onToggle(id);
        }}
        onDoubleClick={() => {
          onSolo(id);
        }}
        onPointerEnter={() => {
          onEmphasise(shown ? id : undefined);
        }}
        onPointerLeave={() => {
          onEmphasise(undefined);
        }}
      >
        <Swatch style={{ colour, dash }} />
        <span>{label}</span>
        {value !== undefined && <span className={classes['chipValue']}>{value}</span>}
      </UnstyledButton>
    </li>
  );
});
