import type { LineStyle } from '../../export/figure/view';
import classes from './chart.module.css';

/** A short piece of a run's line. */
export function Swatch({ style, width = 22 }: { style: LineStyle; width?: number }) {
  return (
    <svg className={classes['swatch']} width={width} height={8} aria-hidden="true">
      <line x1={1} x2={width - 1} y1={4} y2={4} stroke={style.colour} strokeWidth={2} strokeDasharray={style.dash} />
    </svg>
  );
}
