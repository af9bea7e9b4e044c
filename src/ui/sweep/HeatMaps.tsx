/** All maps on one sheet: cells on a canvas, axes and theory over it, and a place to point at for each. */
import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useLayoutEffect, useMemo, useRef } from 'react';
import type { ColourScale } from '../../export/sweep/colours';
import type { CellPlace, MapValues, SweepData } from '../../export/sweep/data';
import { sheetLayout } from '../../export/sweep/layout';
import type { Metric } from '../../export/sweep/metrics';
import type { Region } from '../../state/sweep-axes';
import { CellTip } from './CellTip';
import { CursorMarks } from './CursorMarks';
import { describeCell } from './describe';
import { paintMaps, type Inks } from './paint';
import { Sheet } from './Sheet';
import classes from './maps.module.css';
import { useCells } from './use-cells';

interface HeatMapsProps {
  readonly data: SweepData;
  readonly values: readonly MapValues[];
  readonly scale: ColourScale | undefined;
  readonly metric: Metric;
  /** Drags of a finger mark a region. */
  readonly selecting: boolean;
  readonly onOpen: (place: CellPlace) => void;
  readonly onRefine: (region: Region) => void;
}

const inks: Readonly<Record<'light' | 'dark', Inks>> = {
  light: { missing: '#dfe3e8', diverged: '#f6f7f9', hatch: '#98a3b1', gap: '#ffffff' },
  dark: { missing: '#323942', diverged: '#191d22', hatch: '#6b7684', gap: '#15181d' },
};

export function HeatMaps({ data, values, scale, metric, selecting, onOpen, onRefine }: HeatMapsProps) {
  const scheme = useComputedColorScheme('light');
  const { ref, width } = useElementSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const columns = data.x.values.length;
  const rows = data.y.values.length;
  const count = data.maps.length;
  const { y } = data;
  const layout = useMemo(() => sheetLayout(count, width, y), [count, width, y]);
  const { cursor, region, handlers } = useCells({
    columns,
    rows,
    selecting,
    home: (map) => values[map]?.best ?? { x: Math.floor(columns / 2), y: Math.floor(rows / 2) },
    onOpen,
    onRefine,
  });

  useLayoutEffect(() => {
    if (canvas.current && width > 0) paintMaps(canvas.current, layout, columns, rows, values, scale, inks[scheme]);
  }, [layout, columns, rows, values, scale, scheme, width]);

  const shown = cursor && cursor.map < count && cursor.x < columns && cursor.y < rows ? cursor : undefined;
  return (
    <div ref={ref} className={classes['sheet']} style={{ height: width > 0 ? layout.height : undefined }}>
      {width > 0 && (
        <>
          <canvas ref={canvas} className={classes['canvas']} aria-hidden="true" />
          <Sheet layout={layout} data={data} values={values} metric={metric} />
          <CursorMarks layout={layout} columns={columns} rows={rows} cursor={shown} region={region} />
          {layout.panels.map((panel) => {
            const { plot, map } = panel;
            return (
              <div
                key={data.maps[map]!.key}
                className={classes['plot']}
                data-selecting={selecting}
                style={{ left: plot.left, top: plot.top, width: plot.width, height: plot.height }}
                role="application"
                aria-roledescription="heat map"
                tabIndex={0}
                aria-label={`${data.maps[map]!.label}. Arrow keys move over the cells, with Shift they mark a region. Enter opens a cell in the race and refines a region.`}
                {...handlers(panel)}
              />
            );
          })}
          {shown && <CellTip layout={layout} data={data} cursor={shown} region={region} />}
          <span className="visually-hidden" aria-live="polite">
            {shown?.byKeyboard ? describeCell(data, shown, metric, region) : ''}
          </span>
        </>
      )}
    </div>
  );
}
