/** The curves themselves: bands, medians, marks of divergence and names at the lines' ends. */
import { memo, useId } from 'react';
import type { ChartModel, Series } from '../../export/figure/model';
import type { PlacedLabel } from '../../export/figure/place-labels';
import { BAND_OPACITY, bandPath, linePath, OPEN_BAND_OPACITY } from '../../export/figure/series';
import { EXPECTED_STROKE, expectedPath, SLOPE_STROKE, slopePath } from '../../export/figure/theory';
import { DECAY_STROKE, DECAY_TICK } from '../../export/figure/decays';
import { textScaleOf } from '../../export/figure/plot';
import type { LineStyle } from '../../export/figure/view';
import classes from './chart.module.css';

interface CurvesProps {
  readonly model: ChartModel;
  readonly styles: readonly LineStyle[];
  readonly labels: readonly PlacedLabel[];
  readonly bands: boolean;
  readonly theory: boolean;
  readonly guarantee: boolean;
  /** Id of the run that stands out; undefined for none. */
  readonly emphasised: number | undefined;
}

export function Curves({ model, styles, labels, bands, theory, guarantee, emphasised }: CurvesProps) {
  const clip = useId();
  const { plot } = model;
  return (
    <>
      <defs>
        <clipPath id={clip}>
          <rect x={plot.left} y={plot.top - 1} width={plot.width + 1} height={plot.height + 2} />
        </clipPath>
      </defs>
      <DecayMarks model={model} styles={styles} />
      <g clipPath={`url(#${clip})`}>
        {bands &&
          model.series.map((series) => (
            <Band key={series.id} series={series} model={model} colour={styles[series.index]!.colour} />
          ))}
        {(theory || guarantee) &&
          model.series.map((series) => (
            <TheoryLines
              key={series.id}
              series={series}
              model={model}
              colour={styles[series.index]!.colour}
              expected={theory}
              slope={guarantee}
              opacity={emphasised !== undefined && emphasised !== series.id ? 0.35 : 1}
            />
          ))}
        {model.series.map((series) => {
          const style = styles[series.index]!;
          const faded = emphasised !== undefined && emphasised !== series.id;
          return (
            <Median
              key={series.id}
              series={series}
              model={model}
              colour={style.colour}
              dash={style.dash}
              width={emphasised === series.id ? 2.5 : 1.75}
              opacity={faded ? 0.35 : 1}
            />
          );
        })}
      </g>
      {model.series.map((series) => (
        <Marks key={series.id} series={series} colour={styles[series.index]!.colour} />
      ))}
      {labels.map((label) => (
        <text
          key={`${label.id} ${label.name}`}
          className={classes['label']}
          x={label.x}
          y={label.y}
          dy="0.35em"
          textAnchor={label.anchor}
          fill={styles[label.index]!.colour}
        >
          {label.name}
          {label.remark && (
            <tspan className={classes['remark']} dx={label.name ? 6 : 0}>
              {label.remark}
            </tspan>
          )}
        </text>
      ))}
    </>
  );
}

/** Where step sizes decay: behind everything else. */
function DecayMarks({ model: { decays, plot }, styles }: Pick<CurvesProps, 'model' | 'styles'>) {
  const bottom = plot.top + plot.height;
  return decays?.marks.map(({ x, label, index }) => (
    <g key={`${index ?? ''} ${x}`} data-decay={index ?? 'all'}>
      <path
        d={index === undefined ? `M${x} ${plot.top}V${bottom}` : `M${x} ${bottom}v${-DECAY_TICK}`}
        className={classes['decay']}
        style={index === undefined ? undefined : { stroke: styles[index]!.colour }}
        strokeWidth={DECAY_STROKE.width}
        strokeDasharray={index === undefined ? DECAY_STROKE.dash : undefined}
      />
      {label !== undefined && (
        <text className={classes['decayText']} x={x} y={plot.top - 5 * textScaleOf(plot)} textAnchor="middle">
          {label}
        </text>
      )}
    </g>
  ));
}

interface PathProps {
  readonly series: Series;
  readonly model: ChartModel;
  readonly colour: string;
}

/** The model is new in every frame; the path is only if the series' revision is. */
const sameSeries = (a: PathProps, b: PathProps) =>
  a.series.curve === b.series.curve && a.series.revision === b.series.revision && a.colour === b.colour;

const Band = memo(function Band({ series, model, colour }: PathProps) {
  const { closed, open } = bandPath(series.indices, series.x, series.values, { x: model.x.scale, y: model.y.scale });
  return (
    <>
      {closed !== '' && <path d={closed} fill={colour} fillOpacity={BAND_OPACITY} />}
      {open !== '' && <path d={open} fill={colour} fillOpacity={OPEN_BAND_OPACITY} />}
    </>
  );
}, sameSeries);

interface TheoryLinesProps extends PathProps {
  readonly expected: boolean;
  readonly slope: boolean;
  readonly opacity: number;
}

/** The exact expectation, dashed, and the guaranteed slope, dotted. They reach beyond what has been run. */
const TheoryLines = memo(
  function TheoryLines({ series, model, colour, expected, slope, opacity }: TheoryLinesProps) {
    const { curve, xOfStep, values } = series;
    const scales = { x: model.x.scale, y: model.y.scale };
    return (
      <g fill="none" stroke={colour} opacity={opacity} data-theory={series.id}>
        {slope && (
          <path
            d={slopePath(curve, model.steps, values.median[0], xOfStep, scales)}
            strokeWidth={SLOPE_STROKE.width}
            strokeDasharray={SLOPE_STROKE.dash}
            strokeOpacity={SLOPE_STROKE.opacity}
            strokeLinecap={SLOPE_STROKE.cap}
          />
        )}
        {expected && (
          <path
            d={expectedPath(curve, xOfStep, scales)}
            strokeWidth={EXPECTED_STROKE.width}
            strokeDasharray={EXPECTED_STROKE.dash}
            strokeOpacity={EXPECTED_STROKE.opacity}
          />
        )}
      </g>
    );
  },
  (a, b) =>
    a.series.theory === b.series.theory &&
    a.series.theoryRevision === b.series.theoryRevision &&
    (!a.slope || a.series.values.median[0] === b.series.values.median[0]) &&
    a.colour === b.colour &&
    a.expected === b.expected &&
    a.slope === b.slope &&
    a.opacity === b.opacity,
);

interface MedianProps extends PathProps {
  readonly dash: string | undefined;
  readonly width: number;
  readonly opacity: number;
}

const Median = memo(
  function Median({ series, model, colour, dash, width, opacity }: MedianProps) {
    const path = linePath(series.indices, series.x, series.values.median, { x: model.x.scale, y: model.y.scale });
    return (
      <path
        d={path}
        fill="none"
        stroke={colour}
        strokeWidth={width}
        strokeDasharray={dash}
        strokeOpacity={opacity}
        strokeLinejoin="round"
        strokeLinecap="round"
        data-run={series.id}
      />
    );
  },
  (a, b) => sameSeries(a, b) && a.dash === b.dash && a.width === b.width && a.opacity === b.opacity,
);

/** A cross where the median diverged, a ring where the first lane did, a dot at the head of a growing line. */
function Marks({ series, colour }: { series: Series; colour: string }) {
  const { diverges, end, firstDiverged, curve } = series;
  const surface = 'var(--chart-surface)';
  return (
    <g>
      {firstDiverged && (
        <circle cx={firstDiverged.x} cy={firstDiverged.y} r={3.5} fill={surface} stroke={colour} strokeWidth={1.5} />
      )}
      {end &&
        (diverges ? (
          <>
            <circle cx={end.x} cy={end.y} r={6} fill={surface} fillOpacity={0.85} />
            <path
              d={`M${end.x - 4} ${end.y - 4}l8 8m0 -8l-8 8`}
              stroke={colour}
              strokeWidth={2}
              strokeLinecap="round"
              fill="none"
            />
          </>
        ) : (
          !curve.finished && <circle cx={end.x} cy={end.y} r={3} fill={colour} />
        ))}
    </g>
  );
}
