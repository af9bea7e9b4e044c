/** The picture: frame, curves and crosshair, for a given size. */
import { formatCount } from '../../export/figure/format';
import { capitalised, formatMetric, metricName } from '../../export/figure/metrics';
import type { ChartModel } from '../../export/figure/model';
import { placeLabels } from '../../export/figure/place-labels';
import { readoutAt, type Readout } from '../../export/figure/readout';
import type { ChartZoom, LineStyle } from '../../export/figure/view';
import classes from './chart.module.css';
import { Crosshair } from './Crosshair';
import { Curves } from './Curves';
import { Frame } from './Frame';
import { usePointer } from './use-pointer';

interface PlotAreaProps {
  readonly model: ChartModel;
  readonly styles: readonly LineStyle[];
  readonly width: number;
  readonly height: number;
  readonly compact: boolean;
  readonly bands: boolean;
  readonly theory: boolean;
  readonly guarantee: boolean;
  readonly emphasised: number | undefined;
  /** What to say where there is nothing to draw. */
  readonly message: string | undefined;
  readonly onZoom: (zoom: ChartZoom | undefined) => void;
}

export function PlotArea(props: PlotAreaProps) {
  const { model, styles, width, height, compact, bands, theory, guarantee, emphasised, message, onZoom } = props;
  const { cursor, selection, handlers } = usePointer(model, onZoom);
  const readout = cursor && readoutAt(model, cursor.pixel);
  return (
    <div
      className={classes['plot']}
      style={{ height }}
      role="group"
      tabIndex={0}
      aria-label={`${capitalised(metricName(model.metric, model.metrics))} curves. Arrow keys read values, plus zooms in, Escape shows all.`}
      {...handlers}
    >
      <div aria-hidden="true">
        <Frame width={width} height={height} plot={model.plot} x={model.x} y={model.y} />
        <svg className={classes['overlay']} width={width} height={height}>
          <Curves
            model={model}
            styles={styles}
            labels={placeLabels(model, width, compact)}
            bands={bands}
            theory={theory}
            guarantee={guarantee}
            emphasised={emphasised}
          />
        </svg>
      </div>
      {message !== undefined && <div className={classes['message']}>{message}</div>}
      <Crosshair
        model={model}
        readout={readout}
        selection={selection}
        styles={styles}
        bands={bands && !compact}
        theory={theory && !compact}
        width={width}
        height={height}
      />
      <span className={classes['hidden']} aria-live="polite">
        {readout && cursor.byKeyboard ? spoken(model, readout, theory) : ''}
      </span>
    </div>
  );
}

function spoken({ metric, metrics }: ChartModel, readout: Readout, theory: boolean): string {
  const values = readout.rows.map(({ series, state, median, expected }) => {
    const value = state === 'value' ? formatMetric(metric, median) : state === 'pending' ? 'not there yet' : 'diverged';
    const mean = theory && expected !== undefined ? `, expected ${formatMetric(metric, expected)}` : '';
    return `${series.label} ${value}${mean}`;
  });
  const name = metrics.length > 1 ? `, ${metricName(metric, metrics)}` : '';
  return `Step ${formatCount(readout.step)}${name}: ${values.join('; ')}.`;
}
