/** Where the maps of a sweep stand on a sheet: small multiples in a grid, with the axes' labels shared. */
import type { Plot } from '../figure/model';

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
const LEFT = 46;
const GAP = 22;
const X_LABELS = 24;
/** Below all: the title of the x axis. */
export const BOTTOM = 22;
const RIGHT = 8;
const NARROWEST = 230;
const MOST_COLUMNS = 4;

export function sheetLayout(maps: number, width: number): SheetLayout {
  const most = Math.max(1, Math.min(MOST_COLUMNS, maps, Math.floor((width - LEFT - RIGHT + GAP) / (NARROWEST + GAP))));
  // Five maps in rows of three and two, not of four and one.
  const columns = Math.ceil(maps / Math.ceil(maps / most)) || 1;
  const plotWidth = Math.max(40, (width - LEFT - RIGHT - (columns - 1) * GAP) / columns);
  const plotHeight = Math.round(Math.min(340, Math.max(150, plotWidth * 0.78)));
  let top = TOP;
  const panels: Panel[] = [];
  for (let first = 0; first < maps; first += columns) {
    const labelledRow = Array.from({ length: Math.min(columns, maps - first) }, (_, column) => {
      const map = first + column;
      const labelledX = map + columns >= maps || columns === 1;
      panels.push({
        map,
        plot: {
          left: LEFT + column * (plotWidth + GAP),
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
