import { numberText } from '../controls/number-text';
import classes from './problem.module.css';

interface SpectrumPlotProps {
  readonly values: Float64Array;
  readonly name: string;
}

const WIDTH = 300;
const HEIGHT = 34;
/** So many bars can still be told apart. */
const MAX_BARS = 75;

/** The values in descending order on a logarithmic scale, the largest at full height. */
export function SpectrumPlot({ values, name }: SpectrumPlotProps) {
  const sorted = Float64Array.from(values).sort().reverse();
  const largest = sorted[0]!;
  const smallest = sorted.at(-1)!;
  const decades = Math.max(1, Math.log10(largest / smallest));
  const count = Math.min(sorted.length, MAX_BARS);
  const pitch = WIDTH / Math.max(count, 12);
  return (
    <figure className={classes['plot']}>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${values.length} ${name}, from ${numberText(largest, 3)} down to ${numberText(smallest, 3)}`}
      >
        {Array.from({ length: count }, (_, k) => {
          const value = sorted[Math.round((k * (sorted.length - 1)) / Math.max(1, count - 1))]!;
          const height = 3 + (HEIGHT - 3) * (1 - Math.log10(largest / value) / decades);
          return <rect key={k} x={k * pitch} y={HEIGHT - height} width={Math.max(1, pitch * 0.62)} height={height} />;
        })}
      </svg>
      <figcaption>
        <span>{numberText(largest, 3)}</span>
        <span>{numberText(smallest, 3)}</span>
      </figcaption>
    </figure>
  );
}
