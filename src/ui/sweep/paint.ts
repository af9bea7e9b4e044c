/** Paints the cells of all maps on a canvas. */
import type { SheetLayout } from '../../export/sweep/layout';
import { shades, type ColourScale } from '../../export/sweep/colours';
import { CELL, type MapValues } from '../../export/sweep/data';

export interface Inks {
  /** Cells that have no value. */
  readonly missing: string;
  /** Background and lines of diverged cells. */
  readonly diverged: string;
  readonly hatch: string;
  /** Lines between cells. */
  readonly gap: string;
}

/** `#rrggbb` without opacity, in the order of a picture's bytes (every browser runs on little-endian machines). */
function packed(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [
    number,
    number,
    number,
  ];
  return (blue << 16) | (green << 8) | red;
}

const packedShades = Uint32Array.from(shades, packed);

/** Opacity of a coarse cell's colour where finer ones are still to come. */
const COARSE = 96;
/** Cells at least this wide are set apart by lines. */
const GAPPED = 7;
const HATCH = 7;

/**
 * One pass over the cells makes one small picture per map, which the canvas enlarges: the work does not depend on the
 * size on the screen.
 */
export function paintMaps(
  canvas: HTMLCanvasElement,
  layout: SheetLayout,
  columns: number,
  rows: number,
  maps: readonly MapValues[],
  scale: ColourScale | undefined,
  inks: Inks,
): void {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(layout.width * ratio), Math.round(layout.height * ratio)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, layout.width, layout.height);
  const picture = new ImageData(columns, rows);
  const pixels = new Uint32Array(picture.data.buffer);
  const small = document.createElement('canvas');
  small.width = columns;
  small.height = rows;
  const smallContext = small.getContext('2d')!;
  const hatch = hatchPattern(context, inks.hatch, ratio);
  const missing = packed(inks.missing);
  const diverged = packed(inks.diverged);
  context.imageSmoothingEnabled = false;

  for (const { map, plot } of layout.panels) {
    const cells = maps[map];
    if (!cells) continue;
    const hatched = new Path2D();
    let hatches = 0;
    const [cellWidth, cellHeight] = [plot.width / columns, plot.height / rows];
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) {
        let index = y * columns + x;
        let opacity = 255;
        if (cells.kinds[index] === CELL.pending) {
          index = coarser(cells.kinds, x, y, columns);
          opacity = COARSE;
        }
        const kind = cells.kinds[index]!;
        const colour =
          kind === CELL.value && scale
            ? packedShades[scale.shade(cells.values[index]!)]!
            : kind === CELL.diverged
              ? diverged
              : missing;
        pixels[(rows - 1 - y) * columns + x] = kind === CELL.pending ? 0 : (opacity << 24) | colour;
        if ((kind === CELL.diverged || cells.risky[index]) && opacity === 255) {
          hatched.rect(plot.left + x * cellWidth, plot.top + (rows - 1 - y) * cellHeight, cellWidth, cellHeight);
          hatches++;
        }
      }
    smallContext.putImageData(picture, 0, 0);
    context.drawImage(small, plot.left, plot.top, plot.width, plot.height);
    if (hatches > 0 && hatch) {
      context.fillStyle = hatch;
      context.fill(hatched);
    }
    if (Math.min(cellWidth, cellHeight) >= GAPPED) {
      context.fillStyle = inks.gap;
      for (let x = 1; x < columns; x++) context.fillRect(plot.left + x * cellWidth - 0.5, plot.top, 1, plot.height);
      for (let y = 1; y < rows; y++) context.fillRect(plot.left, plot.top + y * cellHeight - 0.5, plot.width, 1);
    }
  }
}

/** Places from one cell of the coarsest grid to the next: coarse cells are computed first. */
const COARSEST = 8;

/** The nearest finished cell of a coarser grid that covers a pending one; itself where there is none. */
function coarser(kinds: Uint8Array, x: number, y: number, columns: number): number {
  for (let size = 2; size <= COARSEST; size *= 2) {
    const index = (y - (y % size)) * columns + x - (x % size);
    if (kinds[index] !== CELL.pending) return index;
  }
  return y * columns + x;
}

function hatchPattern(context: CanvasRenderingContext2D, colour: string, ratio: number): CanvasPattern | null {
  const size = Math.round(HATCH * ratio);
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext('2d')!;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.1 * ratio;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  const pattern = context.createPattern(tile, 'repeat');
  pattern?.setTransform(new DOMMatrix([1 / ratio, 0, 0, 1 / ratio, 0, 0]));
  return pattern;
}
