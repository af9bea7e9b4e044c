/** Small helpers for messages that name numbers and columns. */

/** 1234567 → "1,234,567". */
export const grouped = (n: number): string => n.toLocaleString('en-US');

/** "1 row", "1,024 rows". */
export const counted = (n: number, noun: string): string => `${grouped(n)} ${noun}${n === 1 ? '' : 's'}`;

const list = new Intl.ListFormat('en-GB');

/** "a", "a and b", "a, b and c". */
export const listed = (items: Iterable<string>): string => list.format(items);

/** A list for a message, cut after `most` items and after 60 characters an item. */
export function shortList(items: readonly string[], most = 12): string {
  const shown = items.slice(0, most).map((item) => quoted(item));
  const left = items.length - shown.length;
  return left > 0 ? `${shown.join(', ')} and ${grouped(left)} more` : shown.join(', ');
}

/** A cell or a name in quotes, cut to 60 characters, line breaks made visible. */
export function quoted(text: string): string {
  const cut = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return `"${cut.replace(/[\r\n]+/g, '⏎')}"`;
}
