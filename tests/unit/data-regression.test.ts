import { describe, expect, it } from 'vitest';
import { toRegression, type RegressionOptions } from '../../src/data/regression';
import type { Table } from '../../src/data/table';
import { dataError } from './data-files';

const table = (columns: string[], rows: number[][], labelColumn?: string): Table => ({
  source: 't.csv',
  columns,
  rows: rows.length,
  values: Float32Array.from(rows.flat()),
  ...(labelColumn === undefined ? {} : { labelColumn }),
});
const houses = table(
  ['area', 'flat', 'rooms', 'price'],
  [
    [10, 5, 1, 3],
    [20, 5, -4, 4],
    [30, 5, 3, 8],
  ],
);
const raw: RegressionOptions = { target: {}, scaling: 'raw', intercept: false };
const message = async (data: Table, options: Partial<RegressionOptions>) =>
  (await dataError(() => toRegression(data, { ...raw, ...options }))).message;

describe('a regression from a table', () => {
  it('takes the last column, the labels or the named column as target', () => {
    expect([...toRegression(houses, raw).targets]).toEqual([3, 4, 8]);
    expect([...toRegression({ ...houses, labelColumn: 'rooms' }, raw).targets]).toEqual([1, -4, 3]);
    const named = toRegression({ ...houses, labelColumn: 'rooms' }, { ...raw, target: { column: 'area' } });
    expect([...named.targets]).toEqual([10, 20, 30]);
    expect(named.names).toEqual(['flat', 'rooms', 'price']);
    expect([...named.features]).toEqual([5, 1, 3, 5, -4, 4, 5, 3, 8]);
  });

  it('standardises, leaves constants out and centres the target', () => {
    const regression = toRegression(houses, { ...raw, scaling: 'standardised' });
    expect(regression.names).toEqual(['area', 'rooms']);
    expect(regression.dropped).toEqual(['flat']);
    expect([regression.count, regression.dimension]).toEqual([3, 2]);
    const root = Math.sqrt(1.5);
    expect(regression.features[0]).toBeCloseTo(-root, 6);
    expect(regression.features[4]).toBeCloseTo(root, 6);
    expect([...regression.targets]).toEqual([-2, -1, 3]);
  });

  it('divides by the largest magnitude among the features', () => {
    const regression = toRegression(houses, { ...raw, scaling: 'unit' });
    expect([...regression.features]).toEqual([10, 5, 1, 20, 5, -4, 30, 5, 3].map((v) => Math.fround(v / 30)));
    expect([...regression.targets]).toEqual([3, 4, 8]);
    expect(regression.dropped).toEqual([]);
  });

  it('appends an intercept of its own name', () => {
    const regression = toRegression(houses, { ...raw, intercept: true });
    expect(regression.names).toEqual(['area', 'flat', 'rooms', 'intercept']);
    expect([3, 7, 11].map((k) => regression.features[k])).toEqual([1, 1, 1]);
    const clash = table(['intercept', 'y'], [[2, 1]]);
    expect(toRegression(clash, { ...raw, intercept: true }).names).toEqual(['intercept', 'intercept (2)']);
  });

  it('tells one value from the rest', () => {
    const digits = table(
      ['p', 'label'],
      [
        [1, 3],
        [2, 0.1],
        [3, 3],
      ],
    );
    expect([...toRegression(digits, { ...raw, target: { oneVersusRest: 3 } }).targets]).toEqual([1, -1, 1]);
    expect([...toRegression(digits, { ...raw, target: { oneVersusRest: 0.1 } }).targets]).toEqual([-1, 1, -1]);
    expect([...digits.values]).toEqual([1, 3, 2, Math.fround(0.1), 3, 3]);
  });

  it('uses the first rows', () => {
    const regression = toRegression(houses, { ...raw, rows: 2, scaling: 'standardised' });
    expect([...regression.features]).toEqual([-1, 1, 1, -1]);
    expect([...regression.targets]).toEqual([-0.5, 0.5]);
  });

  it('keeps its digits on a large offset', () => {
    const regression = toRegression(
      table(
        ['a', 'y'],
        Array.from({ length: 1000 }, (_, i) => [1e6 + (i % 2), i]),
      ),
      { ...raw, scaling: 'standardised' },
    );
    expect([...regression.features.subarray(0, 2)]).toEqual([-1, 1]);
  });

  it('says what cannot be done', async () => {
    expect(await message(houses, { target: { column: 'prize' } })).toBe(
      't.csv has no column "prize". Its columns are "area", "flat", "rooms", "price".',
    );
    const wide = table(
      Array.from({ length: 1030 }, (_, j) => `c${j}`),
      [Array.from({ length: 1030 }, (_, j) => j)],
    );
    expect(await message(wide, { target: { column: 'nope' } })).toMatch(/"c11" and 1,018 more\.$/);
    expect(await message(wide, {})).toContain('1,029 features; at most 1,024');
    expect(await message(houses, { rows: 4 })).toContain('has 3 rows, but 4 are asked for');
    expect(await message(houses, { rows: 0 })).toContain('whole number from 1');
    expect(await message(houses, { target: { oneVersusRest: 7 } })).toMatch(
      /the value 7 does not occur in column "price" in the 3 rows used\. Its values are 3, 4, 8\./,
    );
    const many = table(
      ['x', 'y'],
      Array.from({ length: 40 }, (_, i) => [i, i]),
    );
    expect(await message(many, { target: { oneVersusRest: -1 } })).toContain('more than 32 different values');
    expect(await message(table(['y'], [[1]]), {})).toContain('at least one feature');
    expect(await message(houses, { rows: 1, scaling: 'standardised' })).toContain('every feature is constant');
    expect(await message(table(['a', 'y'], [[0, 1]]), { scaling: 'unit' })).toContain('every feature is 0');
    const same = table(
      ['a', 'y'],
      [
        [1, 0.1],
        [2, 0.1],
        [4, 0.1],
      ],
    );
    expect(await message(same, { scaling: 'standardised' })).toContain('the same in all of the 3 rows');
    expect(
      await message(
        table(
          ['a', 'y'],
          [
            [1, 0],
            [2, 0],
          ],
        ),
        {},
      ),
    ).toContain('the target is 0 in all of the 2 rows');
    const long: Table = { source: 'l', columns: ['a', 'y'], rows: 1_000_001, values: new Float32Array(2_000_002) };
    expect(await message(long, {})).toContain('1,000,001 rows; at most 1,000,000');
  });

  it('allows exactly the most features', () => {
    const most = table(
      Array.from({ length: 1025 }, (_, j) => `c${j}`),
      [Array.from({ length: 1025 }, (_, j) => j)],
    );
    expect(toRegression(most, raw).dimension).toBe(1024);
    expect(() => toRegression(most, { ...raw, intercept: true })).toThrow('1,025 features, the intercept included');
  });
});
