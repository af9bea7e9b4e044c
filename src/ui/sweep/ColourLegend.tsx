import { shades, type ColourScale } from '../../export/sweep/colours';
import type { Metric } from '../../export/sweep/metrics';
import classes from './sweep.module.css';

interface ColourLegendProps {
  readonly scale: ColourScale | undefined;
  readonly metric: Metric;
  readonly tolerance: number;
  /** What is drawn over the maps. */
  readonly boundary: boolean;
  readonly optimal: boolean;
  readonly exactBest: boolean;
  readonly diverged: boolean;
  readonly missing: boolean;
  /** What an exact best is the best of. */
  readonly perColumn: string;
}

const TICKS = 5;

/** What colours, hatches and lines mean. */
export function ColourLegend(props: ColourLegendProps) {
  const { scale, metric, tolerance, boundary, optimal, exactBest, diverged, missing, perColumn } = props;
  // Numbers grow to the right, whichever end is the better one.
  const ascending = metric.better === 'high';
  const stops = [0, 0.25, 0.5, 0.75, 1].map(
    (at) => shades[Math.round((ascending ? at : 1 - at) * (shades.length - 1))]!,
  );
  const at = (value: number) => (ascending ? scale!.position(value) : 1 - scale!.position(value));
  return (
    <div className={classes['legend']} role="group" aria-label="Legend">
      <div className={classes['scale']}>
        <span className={classes['scaleTitle']}>{metric.title(tolerance)}</span>
        {scale && (
          <div className={classes['ramp']} style={{ background: `linear-gradient(to right, ${stops.join()})` }}>
            {scale.ticks(TICKS).map(({ value, label }) => (
              <span key={value} style={{ left: `${100 * (scale.domain[0] === scale.domain[1] ? 0.5 : at(value))}%` }}>
                {typeof label === 'string' ? (
                  label
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
        {diverged && <Key mark="diverged">diverged, or part of the seeds did</Key>}
        {missing && <Key mark="missing">{metric.missing}</Key>}
        <Key mark="best">best cell</Key>
        {boundary && <Key mark="boundary">ρ = 1: beyond it the expectation diverges</Key>}
        {optimal && <Key mark="optimal">optimal in the paper, η = 1/Lₘ</Key>}
        {exactBest && <Key mark="exactBest">least ρ {perColumn}</Key>}
      </ul>
    </div>
  );
}

type Mark = 'diverged' | 'missing' | 'best' | 'boundary' | 'optimal' | 'exactBest';

function Key({ mark, children }: { readonly mark: Mark; readonly children: React.ReactNode }) {
  return (
    <li>
      <span className={classes['key']} data-mark={mark} aria-hidden="true" />
      {children}
    </li>
  );
}
