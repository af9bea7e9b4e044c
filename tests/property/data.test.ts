import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFiles } from '../../src/data/load';
import { toRegression } from '../../src/data/regression';
import { DataError, type Table } from '../../src/data/table';
import { encode, file, gzip, idxFile, npyFile, utf8 } from '../unit/data-files';

const single = fc.float({ noNaN: true, noDefaultInfinity: true });

/** Rows × columns of numbers, flat. */
const grid = (value: fc.Arbitrary<number>, most = { rows: 8, columns: 6 }) =>
  fc.tuple(fc.integer({ min: 1, max: most.rows }), fc.integer({ min: 1, max: most.columns })).chain(([rows, columns]) =>
    fc.record({
      rows: fc.constant(rows),
      columns: fc.constant(columns),
      values: fc.array(value, { minLength: rows * columns, maxLength: rows * columns }),
    }),
  );

/** Adding 0 makes −0 a plain 0, which is what tables of text cannot tell apart in every notation. */
const plain = (values: Iterable<number>): number[] => Array.from(values, (value) => value + 0);

describe('what is written is read back', () => {
  const style = fc.record({
    delimiter: fc.constantFrom(',', '\t', ';', '|'),
    newline: fc.constantFrom('\n', '\r\n', '\r'),
    quoteAll: fc.boolean(),
    endsWithNewline: fc.boolean(),
    mark: fc.constantFrom('', '\ufeff'),
    packed: fc.boolean(),
    exponent: fc.boolean(),
  });
  const names = fc.option(fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { minLength: 6, maxLength: 6 }));

  it('as a text table', async () => {
    await fc.assert(
      fc.asyncProperty(grid(single), style, names, async ({ rows, columns, values }, written, header) => {
        const quote = (cell: string, always: boolean): string =>
          always || /[",;|\t\r\n ]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
        const heads = header?.slice(0, columns).map((name, j) => `n${j}${name}`.replace(/\r/g, '\n').trim());
        const lines: string[] = heads
          ? [heads.map((name) => quote(name, written.quoteAll)).join(written.delimiter)]
          : [];
        for (let i = 0; i < rows; i++)
          lines.push(
            values
              .slice(i * columns, (i + 1) * columns)
              .map((value) => quote(written.exponent ? value.toExponential() : String(value), written.quoteAll))
              .join(written.delimiter),
          );
        const text = written.mark + lines.join(written.newline) + (written.endsWithNewline ? written.newline : '');
        const bytes = written.packed ? gzip(utf8(text)) : utf8(text);
        const table = await parseFiles([file('t.csv', bytes)]);
        expect(table.rows).toBe(rows);
        expect(table.columns).toEqual(heads ?? Array.from({ length: columns }, (_, j) => `column ${j + 1}`));
        expect(plain(table.values)).toEqual(plain(values));
      }),
      { numRuns: 150 },
    );
  });

  it('as a NumPy array', async () => {
    const type = fc.constantFrom(
      { code: 'f4', setter: 'Float32', value: single },
      { code: 'f8', setter: 'Float64', value: single },
      { code: 'i2', setter: 'Int16', value: fc.integer({ min: -32768, max: 32767 }) },
      { code: 'u4', setter: 'Uint32', value: fc.integer({ min: 0, max: 2 ** 24 }) },
    );
    const array = type.chain((kind) => fc.tuple(fc.constant(kind), grid(kind.value)));
    await fc.assert(
      fc.asyncProperty(
        array,
        fc.boolean(),
        fc.boolean(),
        async ([kind, { rows, columns, values }], little, fortran) => {
          const stored = fortran ? values.map((_, k) => values[(k % rows) * columns + Math.floor(k / rows)]!) : values;
          const bytes = npyFile(
            { descr: `${little ? '<' : '>'}${kind.code}`, shape: [rows, columns], fortran },
            encode(kind.setter, stored, little),
          );
          const table = await parseFiles([file('a.npy', bytes)]);
          expect([table.rows, table.columns.length]).toEqual([rows, columns]);
          expect([...table.values]).toEqual(values);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('as a pair of IDX files', async () => {
    await fc.assert(
      fc.asyncProperty(grid(fc.nat(255)), fc.boolean(), async ({ rows, columns, values }, swapped) => {
        const images = file('images', idxFile(0x08, [rows, 1, columns], encode('Uint8', values, false)));
        const digits = Array.from({ length: rows }, (_, i) => i % 10);
        const labels = file('labels', gzip(idxFile(0x09, [rows], encode('Int8', digits, false))));
        const table = await parseFiles(swapped ? [labels, images] : [images, labels]);
        expect(table.image).toEqual({ width: columns, height: 1, channels: 1 });
        const expected = digits.flatMap((digit, i) => [...values.slice(i * columns, (i + 1) * columns), digit]);
        expect([...table.values]).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });
});

describe('damaged files are a table or a DataError, nothing else', () => {
  const npy = npyFile({ descr: '<f4', shape: [3, 2] }, encode('Float32', [1, 2, 3, 4, 5, 6], true));
  const targets = npyFile({ descr: '<f8', shape: [3] }, encode('Float64', [1, 2, 3], true));
  const images = idxFile(0x08, [3, 2, 2], encode('Uint8', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], false));
  const labels = idxFile(0x08, [3], encode('Uint8', [1, 2, 3], false));
  const csv = utf8('"a ""x""",b;c\r\n1,2.5\r\n-3,4e2\r\n"5",6\r\n');
  const originals = [
    [file('t.csv', csv)],
    [file('t.csv.gz', gzip(csv))],
    [file('X.npy', npy), file('y.npy', targets)],
    [file('X', npy)],
    [file('images-idx3-ubyte', images), file('labels-idx1-ubyte', labels)],
    [file('images.gz', gzip(images)), file('labels.gz', gzip(labels))],
  ];
  const change = fc.record({
    kind: fc.constantFrom('set', 'insert', 'delete', 'cut', 'repeat'),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    byte: fc.oneof(fc.nat(255), fc.constantFrom(...utf8('",;\n\r 0-(){}eN'))),
    length: fc.nat(12),
  });

  function changed(bytes: ArrayBuffer, changes: readonly (typeof change extends fc.Arbitrary<infer T> ? T : never)[]) {
    const all = [...new Uint8Array(bytes)];
    for (const { kind, at, byte, length } of changes) {
      const k = Math.floor(at * all.length);
      if (kind === 'set') all[k] = byte;
      if (kind === 'insert') all.splice(k, 0, ...Array<number>(length).fill(byte));
      if (kind === 'delete') all.splice(k, length);
      if (kind === 'cut') all.length = k;
      if (kind === 'repeat') all.splice(k, 0, ...all.slice(k, k + 4 * length));
    }
    return Uint8Array.from(all);
  }

  async function parsesOrExplains(files: readonly { name: string; bytes: ArrayBuffer }[]): Promise<void> {
    let table: Table;
    try {
      table = await parseFiles(files);
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
      expect((error as DataError).message.length).toBeLessThan(700);
      return;
    }
    expect(table.values.length).toBe(table.rows * table.columns.length);
    expect(table.values.every(Number.isFinite)).toBe(true);
    expect(new Set(table.columns).size).toBe(table.columns.length);
  }

  it('after any change of some bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...originals),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.nat(1),
        async (files, changes, which) => {
          const hit = which % files.length;
          await parsesOrExplains(files.map((f, k) => (k === hit ? file(f.name, changed(f.bytes, changes)) : f)));
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('for any bytes and any text under any name', async () => {
    const cells = fc.constantFrom(
      '1',
      '2.5',
      ',',
      ';',
      '\t',
      ' ',
      '|',
      '"',
      '\n',
      '\r',
      'a',
      '#',
      'NA',
      '-',
      'e',
      '0x1',
      'ü',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 64 }),
          fc.array(cells, { maxLength: 60 }).map((parts) => utf8(parts.join(''))),
          fc.string({ unit: 'binary', maxLength: 40 }).map(utf8),
        ),
        fc.constantFrom('t.csv', 'a.npy', 'images-idx3-ubyte', 'x.gz', 'y'),
        async (bytes, name) => {
          await parsesOrExplains([file(name, Uint8Array.from(bytes))]);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('a regression of any table', () => {
  const value = fc.oneof(single, fc.integer({ min: -3, max: 3 }), fc.double({ min: 1e6, max: 1.001e6, noNaN: true }));

  it('keeps its invariants', () => {
    fc.assert(
      fc.property(
        grid(value, { rows: 12, columns: 5 }),
        fc.constantFrom('standardised', 'unit', 'raw'),
        fc.boolean(),
        fc.nat(20),
        (data, scaling, intercept, rows) => {
          const columns = Array.from({ length: data.columns }, (_, j) => `c${j}`);
          const table: Table = { source: 't', rows: data.rows, columns, values: Float32Array.from(data.values) };
          const before = table.values.slice();
          let regression;
          try {
            regression = toRegression(table, { rows: rows || undefined, target: {}, scaling, intercept });
          } catch (error) {
            expect(error).toBeInstanceOf(DataError);
            return;
          } finally {
            expect(table.values).toEqual(before);
          }
          const { count, dimension, features, targets, names, dropped } = regression;
          expect([features.length, targets.length, names.length]).toEqual([count * dimension, count, dimension]);
          expect(dimension + dropped.length).toBe(data.columns - 1 + (intercept ? 1 : 0));
          expect(count).toBe(rows || data.rows);
          expect(features.every(Number.isFinite)).toBe(true);
          const column = (k: number) => Array.from({ length: count }, (_, i) => features[i * dimension + k]!);
          if (intercept) expect(column(dimension - 1).every((v) => v === 1)).toBe(true);
          const own = dimension - (intercept ? 1 : 0);
          for (let k = 0; k < own; k++) {
            const values = column(k);
            const mean = values.reduce((a, b) => a + b, 0) / count;
            const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / count;
            const source = Array.from(
              { length: count },
              (_, i) => table.values[i * columns.length + columns.indexOf(names[k]!)]!,
            );
            if (scaling === 'standardised') {
              expect(Math.abs(mean)).toBeLessThan(1e-5);
              expect(Math.abs(variance - 1)).toBeLessThan(1e-5);
              expect(new Set(source).size).toBeGreaterThan(1);
            }
            if (scaling === 'unit') expect(values.every((v) => Math.abs(v) <= 1)).toBe(true);
            if (scaling === 'raw') expect(values).toEqual(source);
          }
          if (scaling !== 'standardised') expect(dropped).toEqual([]);
          if (scaling === 'standardised') {
            const mean = targets.reduce((a, b) => a + b, 0) / count;
            const largest = targets.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
            expect(Math.abs(mean)).toBeLessThanOrEqual(1e-6 * largest);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
