import type { SweepData } from '../../export/sweep/data';
import type { SheetLayout } from '../../export/sweep/layout';
import { placeText } from '../../export/sweep/winner';
import type { Region } from '../../state/sweep-axes';
import type { CellCursor } from './use-cells';
import { cellFacts, cellSettings, regionText } from './describe';
import classes from './maps.module.css';

interface CellTipProps {
  readonly layout: SheetLayout;
  readonly data: SweepData;
  readonly cursor: CellCursor;
  readonly region: Region | undefined;
}

const WIDTH = 240;
const OFFSET = 14;

/** The numbers of a cell, beside it. */
export function CellTip({ layout, data, cursor, region }: CellTipProps) {
  const panel = layout.panels.find(({ map }) => map === cursor.map);
  if (!panel) return null;
  const { plot } = panel;
  const x = plot.left + ((cursor.x + 0.5) / data.x.values.length) * plot.width;
  const y = plot.top + plot.height - ((cursor.y + 0.5) / data.y.values.length) * plot.height;
  const width = Math.min(WIDTH, layout.width);
  const toRight = x + OFFSET + width <= layout.width;
  const left = toRight ? x + OFFSET : Math.max(0, x - OFFSET - width);
  // On a narrow screen the tip covers neither the cell nor its neighbours: it goes below or above.
  const beside = toRight || x - OFFSET - width >= 0;
  const below = y < layout.height * 0.55;
  const vertical = below
    ? { top: beside ? y - 10 : y + OFFSET + 6 }
    : { bottom: layout.height - y + (beside ? -10 : OFFSET + 6) };
  return (
    <div className={classes['tip']} style={{ left, width, ...vertical }} aria-hidden="true">
      {region ? (
        <>
          <strong>{regionText(data, region)}</strong>
          <p>{cursor.byKeyboard ? 'Enter refines this region' : 'Let go to refine this region'}</p>
        </>
      ) : (
        <>
          <strong>
            {data.maps[cursor.map]!.label} <span>{placeText(data, cursor)}</span>
          </strong>
          <dl>
            {cellFacts(data, cursor).map(({ name, value }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <p>{cellSettings(data, cursor)}</p>
          {cursor.byTouch && <p>Tap again to open it in the race</p>}
        </>
      )}
    </div>
  );
}
