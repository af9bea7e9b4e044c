/** CIFAR batches, archives and folders of pictures. */
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatasetStore } from '../../src/data/dataset-store';
import { parseFiles } from '../../src/data/load';
import type { PictureDecoder } from '../../src/data/picture-files';
import { DataError } from '../../src/data/table';

const copy = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;
/** Value of a pixel that tells row, channel and place. */
const pixel = (row: number, channel: number, place: number) => (row * 31 + channel * 101 + place * 7) % 256;
/** A batch with these labels a row. */
function batch(labels: readonly (readonly number[])[], first = 0): Uint8Array {
  return Uint8Array.from(
    labels.flatMap((own, i) => [
      ...own,
      ...[0, 1, 2].flatMap((c) => Array.from({ length: 1024 }, (_, p) => pixel(first + i, c, p))),
    ]),
  );
}
const message = async (...files: { name: string; bytes: ArrayBuffer }[]) => {
  try {
    await parseFiles(files);
  } catch (error) {
    if (error instanceof DataError) return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('CIFAR', () => {
  it('has the rows of its test batch last, and tells how many they are', async () => {
    const [early, test, late] = [batch([[1]]), batch([[2], [3]]), batch([[4]])];
    const table = await parseFiles([
      { name: 'test_batch.bin', bytes: copy(test) },
      { name: 'train_batch_1.bin', bytes: copy(early) },
      { name: 'train_batch_2.bin', bytes: copy(late) },
    ]);
    expect([0, 1, 2, 3].map((i) => table.values[i * 3073 + 3072])).toEqual([1, 4, 2, 3]);
    expect(table.testRows).toBe(2);
    const alone = await parseFiles([{ name: 'test_batch.bin', bytes: copy(test) }]);
    expect(alone.testRows).toBeUndefined();
  });

  it('is read with its channels side by side, batches in the order of their names, packed or not', async () => {
    const one = batch([[3], [0]]);
    const two = batch([[9]], 2);
    const table = await parseFiles([
      { name: 'data_batch_2.bin.gz', bytes: copy(gzipSync(two)) },
      { name: 'data_batch_1.bin', bytes: copy(one) },
    ]);
    expect([table.rows, table.columns.length, table.labelColumn]).toEqual([3, 3073, 'label']);
    expect(table.image).toEqual({ width: 32, height: 32, channels: 3 });
    expect(table.columns.slice(0, 4)).toEqual(['red 1,1', 'green 1,1', 'blue 1,1', 'red 1,2']);
    expect([table.columns[3071], table.columns[3072]]).toEqual(['blue 32,32', 'label']);
    const row = (i: number) => table.values.subarray(i * 3073, (i + 1) * 3073);
    expect([0, 1, 2].map((i) => row(i)[3072])).toEqual([3, 0, 9]);
    expect(table.classNames?.[3]).toBe('cat');
    for (const i of [0, 1, 2])
      for (let k = 0; k < 3072; k++)
        if (row(i)[k] !== pixel(i, k % 3, Math.floor(k / 3))) throw new Error(`row ${i}, ${k}`);
  });

  it('may begin as an IDX file does, and may be CIFAR-100', async () => {
    const like = batch([[0]]);
    like.set([0, 0, 8, 1], 0);
    expect((await parseFiles([{ name: 'a.bin', bytes: copy(like) }])).rows).toBe(1);
    const hundred = await parseFiles([
      {
        name: 'train.bin',
        bytes: copy(
          batch([
            [19, 99],
            [0, 5],
          ]),
        ),
      },
    ]);
    expect([hundred.rows, hundred.values[3072], hundred.values[2 * 3073 - 1]]).toEqual([2, 99, 5]);
    expect([hundred.classNames?.length, hundred.classNames?.[99], hundred.classNames?.[1]]).toEqual([
      100,
      'worm',
      'aquarium fish',
    ]);
    const pixels = hundred.values.subarray(0, 3072);
    pixels.forEach((value, k) => {
      if (value !== pixel(0, k % 3, Math.floor(k / 3))) throw new Error(`pixel ${k}`);
    });
  });

  it('says what is wrong, with file and row', async () => {
    const good = { name: 'a.bin', bytes: copy(batch([[1]])) };
    expect(await message({ name: 'b.bin', bytes: copy(batch([[1], [10]])) })).toBe(
      'b.bin, row 2: its label is 10; those of CIFAR-10 are 0 to 9.',
    );
    expect(await message({ name: 'b.bin', bytes: copy(batch([[1]]).subarray(1)) })).toMatch(
      /^b\.bin: 3,072 bytes are no whole number of rows/,
    );
    expect(await message({ name: 'b.bin', bytes: new ArrayBuffer(0) })).toMatch(/no whole number of rows/);
    expect(await message(good, { name: 'h.bin', bytes: copy(batch([[1, 1]])) })).toBe(
      'h.bin is CIFAR-100, but a.bin is CIFAR-10: they do not belong together.',
    );
    expect(await message(good, { name: 'x.csv', bytes: copy(strToU8('a,b\n1,2')) })).toMatch(
      /^a\.bin is a batch of CIFAR/,
    );
  });

  it('is never mistaken, whatever bytes there are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 2 }),
        fc.uint8Array({ maxLength: 64 }),
        fc.boolean(),
        async (rows, tail, packed) => {
          const bytes = new Uint8Array(rows * 3073 + tail.length);
          bytes.set(tail, rows * 3073);
          const file = { name: packed ? 'a.bin.gz' : 'a.bin', bytes: copy(packed ? gzipSync(bytes) : bytes) };
          // What is neither of both widths is refused; zeros are good labels.
          const fits = bytes.length > 0 && (bytes.length % 3073 === 0 || bytes.length % 3074 === 0);
          const found = await parseFiles([file]).catch((error: unknown) => error);
          if (fits) expect(found).toMatchObject({ rows });
          else expect(found).toBeInstanceOf(DataError);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('an archive', () => {
  /** Pictures of one colour, the bytes of the file: width, height, red, green, blue. */
  const decodePicture: PictureDecoder = (bytes) => {
    if (bytes.length !== 5) return Promise.reject(new Error('damaged'));
    const [width, height, ...colour] = bytes;
    return Promise.resolve({
      width: width!,
      height: height!,
      pixels: (side) => Array.from({ length: side * side }, () => [...colour, 255]).flat(),
      close: () => undefined,
    });
  };
  const archive = (files: Record<string, readonly number[] | string>) =>
    copy(
      zipSync(
        Object.fromEntries(
          Object.entries(files).map(([path, data]) => [
            path,
            typeof data === 'string' ? strToU8(data) : Uint8Array.from(data),
          ]),
        ),
      ),
    );
  const read = (bytes: ArrayBuffer) => parseFiles([{ name: 'pets.zip', bytes }], { decodePicture });

  it('of pictures has their folders as classes', async () => {
    const table = await read(
      archive({
        'pets/dog/1.png': [90, 40, 1, 2, 3],
        'pets/cat/2.JPG': [8, 8, 4, 5, 6],
        'pets/cat/.x.png': [1],
        '__MACOSX/a/b.png': [1],
        'pets/readme.txt': 'hello',
      }),
    );
    expect([table.rows, table.image, table.classNames]).toEqual([
      2,
      { width: 8, height: 8, channels: 3 },
      ['cat', 'dog'],
    ]);
    const rows = [0, 1].map((i) => [...table.values.subarray(i * 193, (i + 1) * 193)]);
    expect(rows.map((row) => [row[191], row[192]]).toSorted()).toEqual([
      [3, 1],
      [6, 0],
    ]);
  });

  it('has the pictures below a folder for testing last', async () => {
    const of = (blue: number) => [1, 1, 0, 1, blue];
    const table = await read(
      archive({
        'pets/test/cat/1.png': of(9),
        'pets/train/cat/1.png': of(1),
        'pets/test/dog/1.png': of(8),
        'pets/train/dog/1.png': of(2),
        'pets/train/dog/2.png': of(3),
      }),
    );
    const blues = [0, 1, 2, 3, 4].map((i) => table.values[i * 4 + 2]);
    expect([blues.slice(0, 3).toSorted(), blues.slice(3).toSorted(), table.testRows]).toEqual([[1, 2, 3], [8, 9], 2]);
    // A class may be called so, too.
    expect((await read(archive({ 'test/1.png': of(1), 'other/1.png': of(2) }))).testRows).toBeUndefined();
  });

  it('gets the usual side for large pictures, and one channel for grey ones', async () => {
    const table = await read(archive({ 'a/1.png': [90, 40, 7, 7, 7], 'b/1.png': [3, 3, 9, 9, 9] }));
    expect(table.image).toEqual({ width: 32, height: 32, channels: 1 });
    expect(table.columns).toHaveLength(1025);
    expect([...new Set(table.values)].toSorted((x, y) => x - y)).toEqual([0, 1, 7, 9]);
  });

  it('mixes the classes, always in the same way', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, k) => [`${k < 30 ? 'a' : 'b'}/${k}.png`, [2, 2, k, k, k]]),
    );
    const table = await read(archive(files));
    const labels = Array.from({ length: 60 }, (_, i) => table.values[i * 5 + 4]!);
    const early = labels.slice(0, 30).reduce((a, b) => a + b);
    expect(early).toBeGreaterThan(6);
    expect(early).toBeLessThan(24);
    expect((await read(archive(files))).values).toEqual(table.values);
  });

  it('of other files is what they are', async () => {
    const table = await read(archive({ 'data/points.csv': 'a,b\n1,2\n3,4\n' }));
    expect([table.rows, table.columns]).toEqual([2, ['a', 'b']]);
    const cifar = await read(
      archive({ 'c/data_batch_1.bin': [...batch([[1]])], 'c/data_batch_2.bin': [...batch([[2]])] }),
    );
    expect(cifar.rows).toBe(2);
  });

  it('says what is wrong', async () => {
    const wrong = (files: Record<string, readonly number[] | string>) => expect(read(archive(files))).rejects;
    await wrong({ '1.png': [1, 1, 1, 1, 1] }).toThrow('"1.png" lies in no folder');
    await wrong({ 'a/1.png': [1] }).toThrow('pets.zip: the picture "a/1.png" is damaged');
    await wrong({ '[Content_Types].xml': '<a/>', 'xl/a.xml': '<a/>' }).toThrow('save the sheet as CSV');
    await wrong({ 'a.zip': 'PK' }).toThrow('another ZIP archive');
    await wrong({}).toThrow('holds no files');
    await expect(read(archive({ 'a/1.png': [1, 1, 1, 1, 1] }).slice(0, 60))).rejects.toThrow('damaged');
    await expect(parseFiles([{ name: 'p.zip', bytes: archive({ 'a/1.png': [1] }) }])).rejects.toThrow(
      'in a browser only',
    );
  });

  it('is a data set under its name', async () => {
    const store = new DatasetStore({ decodePicture });
    const summary = await store.add([
      { name: 'pets.zip', bytes: archive({ 'a/1.png': [2, 2, 1, 2, 3], 'b/1.png': [2, 2, 1, 2, 3] }) },
    ]);
    expect(summary).toMatchObject({ classNames: ['a', 'b'], labelValues: [0, 1], image: { channels: 3 } });
    expect(store.table(['x/pets.zip']).rows).toBe(2);
  });
});
