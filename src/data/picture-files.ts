/** Picture files in folders, one folder a class, as a table. */
import type { Entry } from './archive';
import { pixelNames } from './cifar';
import { checkSize } from './limits';
import { drawnOrder } from './order';
import { DataError, type Picture, type Table } from './table';
import { isTestName } from './test-part';
import { counted, quoted } from './words';

/** A decoded picture; `close` frees it. */
export interface DecodedPicture {
  readonly width: number;
  readonly height: number;
  /** The square in its middle scaled to side × side, over white: red, green, blue and opacity of each pixel. */
  pixels(side: number): ArrayLike<number>;
  close(): void;
}

/** Decodes a picture file; rejects where it is damaged or of an unknown format. */
export type PictureDecoder = (bytes: Uint8Array<ArrayBuffer>) => Promise<DecodedPicture>;

export interface PictureFilesOptions {
  readonly decode?: PictureDecoder | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Pictures no larger than this keep their side; larger ones get the usual side. */
const LARGEST_SIDE = 64;
const USUAL_SIDE = 32;

export const isPictureName = (path: string): boolean => /\.(png|jpe?g|webp|gif|bmp|avif)$/i.test(path);

/**
 * A table of pictures, in a mixed order that is always the same, those below a folder for testing last; the class of a picture
 * is the folder that it lies in. All get
 * the side of the first one where that is square and small, else 32; and one channel where all of them are grey. Throws
 * `DataError` that names the file; on an abort the signal's reason.
 */
export async function tableOfPictures(
  source: string,
  entries: readonly Entry[],
  { decode, signal }: PictureFilesOptions,
): Promise<Table> {
  if (!decode) throw new DataError(`${source}: pictures can be read in a browser only.`, { file: source });
  const classes = entries.map(({ path }) => folderOf(source, path));
  const classNames = [...new Set(classes)].sort((a, b) => (a < b ? -1 : 1));
  const number = new Map(classNames.map((name, k) => [name, k]));
  if (classNames.length > 256)
    throw new DataError(`${source}: ${counted(classNames.length, 'folder')}; at most 256 classes can be read.`, {
      file: source,
    });
  let side = 0;
  let colours = new Uint8Array(0);
  let grey = true;
  for (const [k, { path, bytes }] of entries.entries()) {
    signal?.throwIfAborted();
    const picture = await decode(bytes).catch(() => {
      throw new DataError(`${source}: the picture ${quoted(path)} is damaged or of an unknown format.`, {
        file: source,
        row: k + 1,
      });
    });
    try {
      if (k === 0) {
        side = picture.width === picture.height && picture.width <= LARGEST_SIDE ? picture.width : USUAL_SIDE;
        checkSize(source, entries.length, 3 * side * side + 1);
        colours = new Uint8Array(entries.length * 3 * side * side);
      }
      const pixels = picture.pixels(side);
      for (let p = 0; p < side * side; p++) {
        const at = 3 * (k * side * side + p);
        for (let c = 0; c < 3; c++) colours[at + c] = pixels[4 * p + c]!;
        grey &&= colours[at] === colours[at + 1] && colours[at] === colours[at + 2];
      }
    } finally {
      picture.close();
    }
  }
  const image: Picture = { width: side, height: side, channels: grey ? 1 : 3 };
  const width = side * side * image.channels;
  const values = new Uint8Array(entries.length * (width + 1));
  // Sorted by folder the first rows would be all of one class.
  const drawn = drawnOrder(entries.length, 0);
  const tests = drawn.filter((from) => liesInTest(entries[from]!.path));
  const order =
    tests.length < drawn.length ? [...drawn.filter((from) => !liesInTest(entries[from]!.path)), ...tests] : drawn;
  order.forEach((from, row) => {
    const at = row * (width + 1);
    for (let j = 0; j < width; j++) values[at + j] = colours[from * 3 * side * side + (grey ? 3 * j : j)]!;
    values[at + width] = number.get(classes[from]!)!;
  });
  return {
    source,
    rows: entries.length,
    columns: [...pixelNames(image), 'label'],
    values,
    labelColumn: 'label',
    image,
    ...(tests.length > 0 && tests.length < drawn.length ? { testRows: tests.length } : {}),
    classNames,
  };
}

/** Whether one of the folders above that of its class is one for testing. */
const liesInTest = (path: string): boolean => path.split('/').slice(0, -2).some(isTestName);

function folderOf(source: string, path: string): string {
  const folder = path.split('/').at(-2);
  if (folder === undefined)
    throw new DataError(
      `${source}: the picture ${quoted(path)} lies in no folder; the folder of a picture is its class.`,
      { file: source },
    );
  return folder;
}
