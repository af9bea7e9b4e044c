import { shades, type ColourScale } from '../../export/sweep/colours';
import type { LegendEntries } from '../../export/sweep/legend';
import type { Metric } from '../../export/sweep/metrics';
import classes from './sweep.module.css';

interface ColourLegendProps {
  readonly scale: ColourScale | undefined;
  readonly metric: Metric;
  readonly tolerance: number;
  readonly entries: LegendEntries;
}

const TICKS = 5;

const marks = ['diverged', 'missing', 'best', 'boundary', 'optimal', 'exactBest'] as const;

/** What colours, hatches and lines mean. */
export function ColourLegend({ scale, metric, tolerance, entries }: ColourLegendProps) {
  // Numbers grow to the right, whichever end is the better one.
  const ascending = metric.better === 'high';
  const stops = Array.from({ length: 17 }, (_, k) => {
    const share = k / 16;
    return shades[Math.round((ascending ? share : 1 - share) * (shades.length - 1))]!;
  });
  const at = (value: number): number => {
    if (!scale || scale.domain[0] === scale.domain[1]) return 0.5;
    return ascending ? scale.position(value) : 1 - scale.position(value);
  };
  return (
    <div className={classes['legend']} role="group" aria-label="Legend">
      <div className={classes['scale']}>
        <span className={classes['scaleTitle']}>{metric.title(tolerance)}</span>
        {scale && (
          <div className={classes['ramp']} style={{ background: `linear-gradient(to right, ${stops.join()})` }}>
            {scale.ticks(TICKS).map(({ value, label }) => (
              <span key={value} style={{ left: `${100 * at(value)}%` }}>
                {typeof label === 'string' ? (
                  label
                ) : label.exponent === 0 ? (
                  '1'
                ) : (
                  <>
                    10<sup>{String(label.exponent).replace('-', '−')}</sup>
                  </>
                )}
              </span>
            ))}
          </div>
        )}
      </div>
      <ul className={classes['keys']}>
        {marks.map((mark) =>
          entries[mark] === undefined ? null : (
            <li key={mark}>
              <span className={classes['key']} data-mark={mark} aria-hidden="true" />
              {entries[mark]}
            </li>
          ),
        )}
      </ul>
    </div>
  );
}
