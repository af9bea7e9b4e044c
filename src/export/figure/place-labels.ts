/** Puts names beside the ends of lines without overlap, or says that they do not fit. */
import { divergedText, firstDivergedText } from './labels';
import type { ChartModel, Mark } from './model';
import { textScaleOf } from './plot';

export interface PlacedLabel {
  readonly id: number;
  readonly index: number;
  /** Name of the run; empty for a remark that stands alone. */
  readonly name: string;
  /** What is said after the name, lighter. */
  readonly remark: string;
  /** Baseline start or end of the text, pixels. */
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end';
  /** The point that the label belongs to. */
  readonly mark: Mark;
}

/** Height of a line and distance from its mark at the labels' usual size of 12 pixels. */
const LINE = 15;
const GAP = 8;
/** Mean width of a character at that size, on the safe side. */
const CHARACTER = 6.5;

/** Width of a text at 12 pixels, estimated: the same on every machine. */
export const textWidth = (text: string) => text.length * CHARACTER;

interface Wanted {
  id: number;
  index: number;
  name: string;
  remark: string;
  mark: Mark;
  anchor: 'start' | 'end';
  left: number;
  right: number;
  y: number;
}

/** `width` is the right edge of the picture; `compact` leaves out what needs room. */
export function placeLabels(model: ChartModel, width: number, compact: boolean): PlacedLabel[] {
  const scale = textScaleOf(model.plot);
  const [line, gap] = [LINE * scale, GAP * scale];
  const wanted: Wanted[] = [];
  const add = (id: number, index: number, name: string, remark: string, mark: Mark) => {
    const length = textWidth([name, remark].filter(Boolean).join('  ')) * scale;
    const start = mark.x + gap;
    const anchor = start + length <= width ? 'start' : 'end';
    const left = anchor === 'start' ? start : mark.x - gap - length;
    if (left < model.plot.left) return;
    wanted.push({ id, index, name, remark, mark, anchor, left, right: left + length, y: mark.y });
  };
  for (const series of model.series) {
    const { divergence, diverges, end } = series;
    if (divergence && diverges) {
      if (end) add(series.id, series.index, series.label, compact ? '' : (divergedText(divergence) ?? ''), end);
      continue;
    }
    if (end && !compact) add(series.id, series.index, series.label, '', end);
    if (divergence && series.firstDiverged && !compact)
      add(series.id, series.index, '', firstDivergedText(divergence, series.curve.lanes), series.firstDiverged);
  }
  const top = model.plot.top + line / 2;
  const bottom = model.plot.top + model.plot.height - line / 3;
  if (wanted.length * line > bottom - top) return [];
  spread(wanted, top, bottom, line);
  return wanted.map(({ id, index, name, remark, mark, anchor, left, right, y }) => ({
    id,
    index,
    name,
    remark,
    mark,
    anchor,
    x: anchor === 'start' ? left : right,
    y,
  }));
}

/** Moves labels up and down, as little as it takes, until none that share columns overlap. */
function spread(labels: Wanted[], top: number, bottom: number, line: number): void {
  labels.sort((a, b) => a.y - b.y);
  for (const label of labels) label.y = Math.min(Math.max(label.y, top), bottom);
  const meet = (a: Wanted, b: Wanted) => a.left < b.right && b.left < a.right;
  labels.forEach((label, k) => {
    for (const above of labels.slice(0, k)) if (meet(label, above)) label.y = Math.max(label.y, above.y + line);
  });
  // What was pushed out below pushes back up.
  for (let k = labels.length - 1; k >= 0; k--) {
    const label = labels[k]!;
    label.y = Math.min(label.y, bottom);
    for (const below of labels.slice(k + 1)) if (meet(label, below)) label.y = Math.min(label.y, below.y - line);
  }
}
