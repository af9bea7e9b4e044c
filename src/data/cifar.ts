/**
 * CIFAR's binary files: rows of labels and 32 × 32 pixels, first all red, then all green, then all blue ones. CIFAR-10 has
 * one label a row; CIFAR-100 a coarse and a fine one, of which the fine one counts. There is no header. Source: A.
 * Krizhevsky, cs.toronto.edu/~kriz/cifar.html, "Binary version".
 */
import { checkSize } from './limits';
import { DataError, type Picture, type Table } from './table';
import { isTestName } from './test-part';
import { grouped } from './words';

const SIDE = 32;
const CHANNELS = ['red', 'green', 'blue'] as const;
const PIXELS = SIDE * SIDE;
const WIDTH = PIXELS * CHANNELS.length;
const IMAGE: Picture = { width: SIDE, height: SIDE, channels: CHANNELS.length };

const TEN = 'airplane automobile bird cat deer dog frog horse ship truck'.split(' ');
const HUNDRED =
  `apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle
caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant flatfish forest
fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain mouse
mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon
ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table
tank telephone television tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm`
    .split(/\s/)
    .map((name) => name.replace('_', ' '));

/** How a row begins: the largest value of each of its labels; the last label is the class. */
interface Variant {
  readonly label: string;
  readonly labels: readonly number[];
  readonly classNames: readonly string[];
}
const VARIANTS: readonly Variant[] = [
  { label: 'CIFAR-10', labels: [9], classNames: TEN },
  { label: 'CIFAR-100', labels: [19, 99], classNames: HUNDRED },
];

export interface CifarFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * One table of batches that belong together, in the order of their names, those for testing last; the label is the last
 * column. Throws `DataError`
 * with file and row where a batch is neither CIFAR-10 nor CIFAR-100, or where not all are the same.
 */
export function tableOfCifar(files: readonly CifarFile[]): Table {
  const byName = files.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const tests = byName.filter(({ name }) => isTestName(name));
  const sorted = [...byName.filter((file) => !tests.includes(file)), ...tests];
  const batches = sorted.map((file) => ({ ...file, variant: variantOf(file) }));
  const { variant } = batches[0]!;
  const other = batches.find((batch) => batch.variant !== variant);
  if (other)
    throw new DataError(
      `${other.name} is ${other.variant.label}, but ${sorted[0]!.name} is ${variant.label}: they do not belong together.`,
      { file: other.name },
    );
  const stride = variant.labels.length + WIDTH;
  const rows = batches.reduce((sum, { bytes }) => sum + bytes.length / stride, 0);
  const source = sorted.map(({ name }) => name).join(', ');
  checkSize(source, rows, WIDTH + 1);
  const values = new Uint8Array(rows * (WIDTH + 1));
  let row = 0;
  for (const { bytes } of batches)
    for (let at = 0; at < bytes.length; at += stride) {
      const into = values.subarray(row * (WIDTH + 1), (row + 1) * (WIDTH + 1));
      const pixels = at + variant.labels.length;
      for (let c = 0; c < CHANNELS.length; c++)
        for (let p = 0; p < PIXELS; p++) into[p * CHANNELS.length + c] = bytes[pixels + c * PIXELS + p]!;
      into[WIDTH] = bytes[pixels - 1]!;
      row++;
    }
  const columns = [...pixelNames(IMAGE), 'label'];
  const testRows = tests.reduce((sum, { bytes }) => sum + bytes.length / stride, 0);
  return {
    source,
    rows,
    columns,
    values,
    labelColumn: 'label',
    image: IMAGE,
    ...(testRows > 0 && testRows < rows ? { testRows } : {}),
    classNames: variant.classNames,
  };
}

/** "red 1,1", "green 1,1" …, by row and column of the picture; "pixel 1,1" … where it is grey. */
export function pixelNames({ width, height, channels }: Picture): string[] {
  return Array.from({ length: width * height * channels }, (_, k) => {
    const pixel = Math.floor(k / channels);
    const place = `${Math.floor(pixel / width) + 1},${(pixel % width) + 1}`;
    return `${channels === 1 ? 'pixel' : CHANNELS[k % channels]!} ${place}`;
  });
}

/** Whether the name is one of a binary file, packed or not, as CIFAR's have it. */
export const isCifarName = (name: string): boolean => /\.bin(\.gz)?$/i.test(name);

function variantOf({ name, bytes }: CifarFile): Variant {
  const fitting = VARIANTS.filter(({ labels }) => bytes.length > 0 && bytes.length % (labels.length + WIDTH) === 0);
  if (fitting.length === 0)
    throw new DataError(
      `${name}: ${grouped(bytes.length)} bytes are no whole number of rows, neither of CIFAR-10 (3,073 bytes each) nor of ` +
        'CIFAR-100 (3,074): the file is cut short, or no binary version of CIFAR.',
      { file: name },
    );
  const wrong = fitting.map((variant) => ({ variant, ...wrongLabel(bytes, variant) }));
  const right = wrong.find(({ row }) => row === undefined);
  if (right) return right.variant;
  const { variant, row, label, most } = wrong[0]!;
  throw new DataError(
    `${name}, row ${grouped(row!)}: its label is ${label}; those of ${variant.label} are 0 to ${most}.`,
    { file: name, row: row! },
  );
}

/** The first row (1-based) with a label that cannot be; nothing where all can. */
function wrongLabel(bytes: Uint8Array, { labels }: Variant): { row?: number; label?: number; most?: number } {
  const stride = labels.length + WIDTH;
  for (let at = 0; at < bytes.length; at += stride)
    for (const [k, most] of labels.entries())
      if (bytes[at + k]! > most) return { row: at / stride + 1, label: bytes[at + k]!, most };
  return {};
}
