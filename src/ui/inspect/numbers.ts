/** What a confusion matrix says in numbers and colours. */
import { shades } from '../../export/sweep/colours';
import type { Inspection } from '../../worker/protocol';

export type Counts = Pick<Inspection, 'counts' | 'classes'>;

/** Never rounded up to all, nor down to none. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return '< 0.1 %';
  if (share < 1 && share > 0.999) return '> 99.9 %';
  return `${Number((100 * share).toFixed(1))} %`;
}

/** Rows of class i that were looked at. */
export function rowsOf({ counts, classes }: Counts, i: number): number {
  return counts.subarray(i * classes.length, (i + 1) * classes.length).reduce((sum, count) => sum + count, 0);
}

/** The two classes that are confused most often, in one direction; undefined where none is more than once. */
export function worstConfusion({ counts, classes }: Counts) {
  const n = classes.length;
  let worst: number | undefined;
  counts.forEach((count, k) => {
    if (Math.floor(k / n) !== k % n && count > 1 && count > (counts[worst ?? -1] ?? 0)) worst = k;
  });
  if (worst === undefined) return undefined;
  return { actual: classes[Math.floor(worst / n)]!, predicted: classes[worst % n]!, count: counts[worst]! };
}

/** Background and ink of a cell that holds this share of its row's class; a few mistakes are to be seen, too. */
export function cellColours(share: number): { readonly background: string; readonly color: string } {
  const background = shades[Math.round(Math.sqrt(share) * (shades.length - 1))]!;
  return { background, color: luminance(background) > 0.179 ? '#000000' : '#ffffff' };
}

/** Relative luminance of `#rrggbb` (WCAG 2). Black and white have the same contrast against 0.179. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
