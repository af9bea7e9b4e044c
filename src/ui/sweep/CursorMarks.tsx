import type { CellPlace } from '../../export/sweep/data';
import type { SheetLayout } from '../../export/sweep/layout';
import type { Region } from '../../state/sweep-axes';
import classes from './maps.module.css';

interface CursorMarksProps {
  readonly layout: SheetLayout;
  readonly columns: number;
  readonly rows: number;
  readonly cursor: CellPlace | undefined;
  readonly region: Region | undefined;
}

/** The cell that is looked at, in every map, and the region being drawn. */
export function CursorMarks({ layout, columns, rows, cursor, region }: CursorMarksProps) {
  if (!cursor) return null;
  return (
    <svg className={classes['overlay']} width={layout.width} height={layout.height} aria-hidden="true">
      {layout.panels.map(({ map, plot }) => {
        const [width, height] = [plot.width / columns, plot.height / rows];
        const box = (x: readonly [number, number], y: readonly [number, number], grow: number) => ({
          x: plot.left + x[0] * width - grow,
          y: plot.top + plot.height - (y[1] + 1) * height - grow,
          width: (x[1] - x[0] + 1) * width + 2 * grow,
          height: (y[1] - y[0] + 1) * height + 2 * grow,
        });
        return (
          <g key={map} opacity={map === cursor.map ? 1 : 0.7}>
            {region && (
              <>
                <rect className={classes['regionHalo']} {...box(region.x, region.y, 0)} />
                <rect className={classes['region']} {...box(region.x, region.y, 0)} />
              </>
            )}
            <rect className={classes['cursorHalo']} {...box([cursor.x, cursor.x], [cursor.y, cursor.y], 1.5)} />
            <rect className={classes['cursor']} {...box([cursor.x, cursor.x], [cursor.y, cursor.y], 0.5)} />
          </g>
        );
      })}
    </svg>
  );
}
