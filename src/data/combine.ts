/** Makes one table of the files that belong together: features alone, or features and targets. */
import { ELEMENTS } from './elements';
import { decodeInto, rowCount, rowWidth, shapeText, type EncodedArray } from './encoded-array';
import { allocate, checkSize } from './limits';
import { DataError, type Table } from './table';
import { grouped } from './words';

export const FITTING =
  'one table as CSV; one two-dimensional NumPy or IDX array; or two arrays, features (n × d, or n × height × width) and targets (n); or two such pairs, those for testing with "test" or "t10k" in their names';

/** A table of one array, its last column being the target by default. Throws `DataError` for one without columns. */
export function tableOfArray(array: EncodedArray): Table {
  const { name, shape } = array;
  if (shape.length !== 2)
    throw new DataError(
      `${name} holds ${shapeText(shape)} alone. Drop it together with ` +
        `${shape.length > 2 ? 'the file of its labels' : 'the file of the features'}. What fits together: ${FITTING}.`,
      { file: name },
    );
  const rows = rowCount(array);
  const width = rowWidth(array);
  checkSize(name, rows, width);
  const columns = featureNames(array);
  const values = allocate(name, rows * width);
  decodeInto(array, values, width, 0, columns);
  return { source: name, rows, columns, values };
}

/** A table of an array of features and one of targets, in either order; the targets come last and are `labelColumn`. */
export function tableOfPair(a: EncodedArray, b: EncodedArray): Table {
  const [features, targets] = rolesOf(a, b);
  const rows = rowCount(features);
  const width = rowWidth(features);
  const source = `${features.name}, ${targets.name}`;
  if (rowCount(targets) !== rows)
    throw new DataError(
      `${features.name} has ${grouped(rows)} rows, but ${targets.name} has ${grouped(rowCount(targets))}: they do not belong together.`,
      { file: targets.name },
    );
  checkSize(source, rows, width + 1);
  const names = featureNames(features);
  const label = targets.format === 'IDX' ? 'label' : 'y';
  const bytes = features.element === ELEMENTS.uint8 && targets.element === ELEMENTS.uint8;
  const values = bytes ? new Uint8Array(rows * (width + 1)) : allocate(source, rows * (width + 1));
  decodeInto(features, values, width + 1, 0, names);
  decodeInto(targets, values, width + 1, width, [label]);
  const [, height, across] = features.shape;
  return {
    source,
    rows,
    columns: [...names, label],
    values,
    labelColumn: label,
    ...(features.shape.length === 3 ? { image: { width: across!, height: height!, channels: 1 } } : {}),
  };
}

/** Which of two arrays holds the features: the one with more than one column. */
function rolesOf(a: EncodedArray, b: EncodedArray): [features: EncodedArray, targets: EncodedArray] {
  const isTargets = (array: EncodedArray): boolean => array.shape.length === 1;
  const isColumn = (array: EncodedArray): boolean => array.shape.length === 2 && array.shape[1] === 1;
  const isFeatures = (array: EncodedArray): boolean => array.shape.length >= 2;
  if (isTargets(b) && isFeatures(a)) return [a, b];
  if (isTargets(a) && isFeatures(b)) return [b, a];
  if (isColumn(b) && isFeatures(a) && !isColumn(a)) return [a, b];
  if (isColumn(a) && isFeatures(b) && !isColumn(b)) return [b, a];
  throw new DataError(
    `${a.name} (${shapeText(a.shape)}) and ${b.name} (${shapeText(b.shape)}) do not fit together. What does: ${FITTING}.`,
    { file: a.name },
  );
}

/** "pixel 1,1" … by row and column of the picture, else "x1" …; `checkSize` bounds their number beforehand. */
function featureNames(array: EncodedArray): string[] {
  const across = array.shape.length === 3 ? array.shape[2]! : undefined;
  return Array.from({ length: rowWidth(array) }, (_, j) =>
    across === undefined ? `x${j + 1}` : `pixel ${Math.floor(j / across) + 1},${(j % across) + 1}`,
  );
}
