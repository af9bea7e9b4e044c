/** Data sets in the shapes of well-known ones, made up: what their files would come to once they are read. */
import type { Picture, Table } from '../../src/data/table';

/** Rows of noise that repeats: making it costs no more than copying. */
const PERIOD = 97;

/**
 * Rows of bytes, the label (row mod `classes`) in the last column. Pictures are random stripes, brighter in a part that
 * belongs to their class.
 */
export function pictureTable(rows: number, image: Picture, classes = 10): Table {
  const pixels = image.width * image.height * image.channels;
  const width = pixels + 1;
  const values = new Uint8Array(rows * width);
  let state = 1;
  const period = Math.min(rows, PERIOD * classes);
  for (let row = 0; row < period; row++) {
    const label = row % classes;
    for (let k = 0; k < pixels; k++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const bright = Math.floor((classes * k) / pixels) === label ? 100 : 0;
      values[row * width + k] = bright + (state >>> 24) * 0.6;
    }
    values[row * width + pixels] = label;
  }
  for (let row = period; row < rows; row += period)
    values.copyWithin(row * width, 0, Math.min(period, rows - row) * width);
  return {
    source: 'made up',
    rows,
    columns: [...Array.from({ length: pixels }, (_, k) => `pixel ${k}`), 'label'],
    values,
    labelColumn: 'label',
    image,
  };
}
