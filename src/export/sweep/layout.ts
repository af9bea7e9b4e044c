/** Where the maps of a sweep stand on a sheet: small multiples in a grid, with the axes' labels shared. */
import type { Plot } from '../figure/model';
import { axisTicks, type CellAxis } from './axis';

export interface Panel {
  readonly map: number;
  readonly plot: Plot;
  /** Whether the y axis is labelled here. */
  readonly labelledY: boolean;
  /** Whether the x axis is labelled here. */
  readonly labelledX: boolean;
}

export interface SheetLayout {
  readonly width: number;
  readonly height: number;
  readonly panels: readonly Panel[];
}

/** Above each plot: the name of its run and its best value. */
export const TITLE_HEIGHT = 26;
/** Above all: the title of the y axis. */
export const TOP = 20;
/** Left of the plots, where the labels of the y axis need no more. */
const LEFT = 46;
const GAP = 22;
const X_LABELS = 24;
/** Below all: the title of the x axis. */
export const BOTTOM = 22;
const RIGHT = 8;
const NARROWEST = 230;
const MOST_COLUMNS = 4;
const HEIGHTS = { least: 150, most: 340 } as const;
/** Mean width of a character of a label, on the safe side, and what lies between a label and its plot. */
const CHARACTER = 6;
const LABEL_GAP = 9;

const ticksIn = (height: number) => Math.max(2, Math.floor(height / 32));

/** How many labels of the y axis have room. */
export const rowTicks = ({ height }: Plot): number => ticksIn(height);

/** How many labels of the x axis have room. */
export const columnTicks = ({ width }: Plot): number => Math.max(2, Math.floor(width / 44));

/** Room for the labels of a y axis, however high the plots become. */
function roomFor(y: CellAxis): number {
  let widest = 0;
  for (let count = ticksIn(HEIGHTS.least); count <= ticksIn(HEIGHTS.most); count++)
    for (const { label } of axisTicks(y, count))
      widest = Math.max(widest, typeof label === 'string' ? label.length : `10${label.exponent}`.length);
  return widest * CHARACTER + LABEL_GAP;
}

/** Lays out so many maps on a sheet of a width in pixels, `y` being the axis whose labels stand on their left. */
export function sheetLayout(maps: number, width: number, y?: CellAxis): SheetLayout {
  const left = Math.max(LEFT, y ? roomFor(y) : 0);
  const most = Math.max(1, Math.min(MOST_COLUMNS, maps, Math.floor((width - left - RIGHT + GAP) / (NARROWEST + GAP))));
  // Five maps in rows of three and two, not of four and one.
  const columns = Math.ceil(maps / Math.ceil(maps / most)) || 1;
  const plotWidth = Math.max(40, (width - left - RIGHT - (columns - 1) * GAP) / columns);
  const plotHeight = Math.round(Math.min(HEIGHTS.most, Math.max(HEIGHTS.least, plotWidth * 0.78)));
  let top = TOP;
  const panels: Panel[] = [];
  for (let first = 0; first < maps; first += columns) {
    const labelledRow = Array.from({ length: Math.min(columns, maps - first) }, (_, column) => {
      const map = first + column;
      const labelledX = map + columns >= maps || columns === 1;
      panels.push({
        map,
        plot: {
          left: left + column * (plotWidth + GAP),
          top: top + TITLE_HEIGHT,
          width: plotWidth,
          height: plotHeight,
        },
        labelledY: column === 0,
        labelledX,
      });
      return labelledX;
    }).some(Boolean);
    top += TITLE_HEIGHT + plotHeight + (labelledRow ? X_LABELS : 8);
  }
  return { width, height: top + BOTTOM, panels };
}
