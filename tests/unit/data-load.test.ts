import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzip } from '../../src/data/gzip';
import { parseFiles } from '../../src/data/load';
import { labelValues } from '../../src/data/summary';
import { sampleCsv } from '../../tools/make-sample-csv';
import { concat, dataError, encode, file, gzip, idxFile, npyFile, utf8 } from './data-files';

const images = idxFile(0x08, [3, 2, 2], encode('Uint8', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255], false));
const labels = idxFile(0x08, [3], encode('Uint8', [7, 0, 7], false));
const x = npyFile({ descr: '<f8', shape: [3, 2] }, encode('Float64', [1, 2, 3, 4, 5, 6], true));
const y = npyFile({ descr: '<i4', shape: [3] }, encode('Int32', [-1, 0, 1], true));
const column = npyFile({ descr: '<i4', shape: [3, 1] }, encode('Int32', [-1, 0, 1], true));
const csv = utf8('a,b\n1,2\n3,4\n');

const load = (...files: [name: string, bytes: Uint8Array<ArrayBuffer>][]) =>
  parseFiles(files.map(([name, bytes]) => file(name, bytes)));
const message = async (...files: [name: string, bytes: Uint8Array<ArrayBuffer>][]) =>
  (await dataError(() => load(...files))).message;

describe('files that belong together', () => {
  it.each([
    ['as they are', images, labels],
    ['packed', gzip(images), gzip(labels)],
    ['one of them packed', images, gzip(labels)],
  ])('reads a pair of MNIST files in any order: %s', async (_, a, b) => {
    for (const table of [
      await load(['train-images-idx3-ubyte', a], ['train-labels-idx1-ubyte.gz', b]),
      await load(['train-labels-idx1-ubyte.gz', b], ['train-images-idx3-ubyte', a]),
    ]) {
      expect(table.source).toBe('train-images-idx3-ubyte, train-labels-idx1-ubyte.gz');
      expect(table.columns).toEqual(['pixel 1,1', 'pixel 1,2', 'pixel 2,1', 'pixel 2,2', 'label']);
      expect([table.rows, table.labelColumn, table.image]).toEqual([3, 'label', { width: 2, height: 2, channels: 1 }]);
      expect([...table.values]).toEqual([1, 2, 3, 4, 7, 5, 6, 7, 8, 0, 9, 10, 11, 255, 7]);
      expect(table.values).toBeInstanceOf(Uint8Array);
      expect(table.testRows).toBeUndefined();
    }
  });

  it('reads a pair to train on and a pair to test with, the rows for testing last', async () => {
    const test = idxFile(0x08, [1, 2, 2], encode('Uint8', [0, 0, 9, 9], false));
    const testLabel = idxFile(0x08, [1], encode('Uint8', [4], false));
    const table = await load(
      ['t10k-images-idx3-ubyte', test],
      ['train-labels-idx1-ubyte', labels],
      ['t10k-labels-idx1-ubyte.gz', gzip(testLabel)],
      ['train-images-idx3-ubyte', images],
    );
    expect([table.rows, table.testRows, table.image]).toEqual([4, 1, { width: 2, height: 2, channels: 1 }]);
    expect([...table.values.subarray(10)]).toEqual([9, 10, 11, 255, 7, 0, 0, 9, 9, 4]);
    // Numbers of two types become numbers.
    const mixed = await load(['X_train.npy', x], ['y_train.npy', y], ['X_test.npy', x], ['y_test.npy', column]);
    expect([mixed.rows, mixed.testRows, mixed.values.length]).toEqual([6, 3, 18]);
    const wide = idxFile(0x08, [1, 3, 1], encode('Uint8', [1, 2, 3], false));
    const files = [
      ['train-x', images],
      ['train-y', labels],
      ['test-y', testLabel],
    ] as const;
    expect(
      await message(...files.map(([name, bytes]) => [name, bytes] as [string, typeof bytes]), ['test-x', wide]),
    ).toContain('test-x, test-y has 4 columns, but train-x, train-y has 5');
    expect(await message(['a', images], ['b', labels], ['c', images], ['test', labels])).toContain(
      'do not fit together',
    );
  });

  it.each([
    ['X.npy', x, 'y.npy', y],
    ['y.npy', y, 'X.npy', x],
    ['X.npy', x, 'y.npy', column],
    ['y.npy', column, 'X.npy', x],
  ])('reads two NumPy arrays: %s, %s', async (nameA, a, nameB, b) => {
    const table = await load([nameA, a], [nameB, b]);
    expect(table.columns).toEqual(['x1', 'x2', 'y']);
    expect([...table.values]).toEqual([1, 2, -1, 3, 4, 0, 5, 6, 1]);
    expect([table.labelColumn, table.image]).toEqual(['y', undefined]);
  });

  it('tells height from width, and flattens more dimensions', async () => {
    const bytes = encode(
      'Uint8',
      Array.from({ length: 18 }, (_, k) => k),
      true,
    );
    const wide = await load(['X', npyFile({ descr: '|u1', shape: [3, 2, 3] }, bytes)], ['y', y]);
    expect(wide.image).toEqual({ width: 3, height: 2, channels: 1 });
    expect(wide.columns[5]).toBe('pixel 2,3');
    const deep = await load(['X', npyFile({ descr: '|u1', shape: [3, 1, 2, 3] }, bytes)], ['y', y]);
    expect([deep.columns.length, deep.columns[5], deep.image]).toEqual([7, 'x6', undefined]);
  });

  it('reads one array, one table, packed or not, whatever the name', async () => {
    expect((await load(['a.npy', x])).columns).toEqual(['x1', 'x2']);
    expect((await load(['a', gzip(x)])).rows).toBe(3);
    expect((await load(['a.dat', csv])).columns).toEqual(['a', 'b']);
    expect((await load(['a.csv.gz', gzip(csv)])).columns).toEqual(['a', 'b']);
    expect((await load(['a.csv.gz', csv])).columns).toEqual(['a', 'b']);
  });

  it('names what does not fit together', async () => {
    expect(await message(['a.csv', csv], ['b.csv', csv])).toMatch(/a\.csv is a text table: it cannot be joined/);
    expect(await message(['X.npy', x], ['b.csv', csv])).toMatch(/b\.csv is a text table/);
    expect(await message(['a.npy', x], ['b.npy', x])).toMatch(/a\.npy \(3 × 2\) and b\.npy \(3 × 2\) do not fit/);
    expect(await message(['a.npy', y], ['b.npy', y])).toMatch(/do not fit together/);
    expect(await message(['a.npy', y], ['b.npy', column], ['c.npy', x])).toMatch(/3 files .*do not fit together/);
    expect(await message(['y.npy', y])).toMatch(/holds 3 alone.*file of the features/);
    expect(await message(['images', images])).toMatch(/holds 3 × 2 × 2 alone.*file of its labels/);
    expect(await message()).toMatch(/No file was given/);
  });

  it('names both numbers of rows that differ', async () => {
    const two = idxFile(0x08, [2], encode('Uint8', [7, 0], false));
    expect(await message(['images', images], ['labels', two])).toContain('images has 3 rows, but labels has 2');
  });

  it('refuses empty and oversized arrays', async () => {
    const none = npyFile({ descr: '<f4', shape: [0, 3] }, new Uint8Array());
    expect(await message(['a.npy', none])).toContain('no numbers in it (0 rows × 3 columns)');
    const long = npyFile({ descr: '|u1', shape: [1_000_001, 1] }, new Uint8Array(1_000_001));
    expect(await message(['a.npy', long])).toContain('1,000,001 rows; at most 1,000,000');
    const wide = npyFile({ descr: '|u1', shape: [1, 20_000] }, new Uint8Array(20_000));
    expect(await message(['a.npy', wide])).toContain('20,000 columns; at most 16,384');
  });

  it.each([
    ['a.npz', [0x50, 0x4b, 3, 4, 9], /a\.npz: the ZIP archive is damaged/],
    ['a.png', [0x89, 0x50, 0x4e, 0x47, 13], /PNG picture/],
    ['a.json', [...utf8('{"a": 1}')], /JSON document/],
    ['a.html', [...utf8('\n<!doctype html>')], /web page/],
    ['a.arff', [...utf8('% note\n@relation houses\n')], /ARFF file/],
    ['a.dat', [1, 2, 3, 4, 5, 6, 7, 8], /binary file of an unknown format/],
    ['a.dat', [...utf8('1,2,3\n4,5,6\n7,8,9\n\0')], /binary file of an unknown format/],
    ['a.csv', [], /a\.csv: the file is empty/],
    ['a.npy', [...utf8('a,b\n1,2')], /not a NumPy file/],
    ['a-idx3-ubyte', [...utf8('a,b\n1,2')], /not an IDX file/],
    ['a-idx3-ubyte.gz', [0, 0, 7, 1, 0], /element type 0x07/],
    ['a.csv.gz', [...gzip(gzip(csv))], /gzip file inside a gzip file/],
  ])('says what %s is', async (name, bytes, expected) => {
    expect(await message([name, Uint8Array.from(bytes)])).toMatch(expected);
  });

  it('reads the sample, which is what its generator writes', async () => {
    const bytes = new Uint8Array(readFileSync(new URL('../../public/samples/sample-houses.csv', import.meta.url)));
    expect(new TextDecoder().decode(bytes)).toBe(sampleCsv());
    const table = await load(['sample-houses.csv', bytes]);
    expect([table.rows, table.columns.length, table.columns.at(-1)]).toEqual([400, 8, 'price_thousand']);
  });

  it('passes the reason of an abort on', async () => {
    const abort = AbortSignal.abort(new Error('enough'));
    await expect(parseFiles([file('a.csv', csv)], { signal: abort })).rejects.toThrow('enough');
    await expect(gunzip('a.gz', gzip(csv), { signal: abort })).rejects.toThrow('enough');
  });
});

describe('gzip', () => {
  it('unpacks, also where the size at the end is no help', async () => {
    const noise = Uint8Array.from({ length: 700_000 }, (_, k) => Math.imul(k, 2654435761) >>> 24);
    // Not `toEqual`, which takes seconds for so many numbers.
    expect(Buffer.compare(await gunzip('a.gz', gzip(noise)), noise)).toBe(0);
    expect((await gunzip('a.gz', gzip(new Uint8Array()))).length).toBe(0);
  });

  it('refuses damaged and truncated data', async () => {
    const packed = gzip(utf8('1,2,3\n'.repeat(5000)));
    for (const length of [2, 9, 15, packed.length - 9, packed.length - 1])
      expect(await message(['a.csv.gz', packed.slice(0, length)])).toContain(
        'a.csv.gz: the gzip data is damaged or cut short',
      );
    const flipped = packed.slice();
    flipped[flipped.length - 6]! ^= 1;
    expect(await message(['a.csv.gz', flipped])).toContain('damaged or cut short');
    expect(await message(['a.csv.gz', concat(packed, utf8('rubbish'))])).toContain('damaged or cut short');
  });

  it('never holds more than the limit', async () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(8_000_000), { level: 9 }));
    expect(bomb.length).toBeLessThan(10_000);
    const error = await dataError(() => gunzip('bomb.gz', bomb, { limit: 1_000_000 }));
    expect(error.message).toContain('bomb.gz: it unpacks to more than 1,000,000 bytes');
    expect((await gunzip('fits.gz', bomb, { limit: 8_000_000 })).length).toBe(8_000_000);
  });
});

describe('values of a label column', () => {
  it('lists them in order, unless there are too many', async () => {
    const table = await load(['images', images], ['labels', labels]);
    expect(labelValues(table, 'label')).toEqual([0, 7]);
    expect(labelValues(table, 'label', 1)).toBeUndefined();
    expect((await dataError(() => labelValues(table, 'digit'))).message).toContain(
      'has no column "digit". Its columns are',
    );
  });
});
