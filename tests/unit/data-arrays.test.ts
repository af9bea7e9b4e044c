import { describe, expect, it } from 'vitest';
import { decodeInto, rowCount, rowWidth, type EncodedArray } from '../../src/data/encoded-array';
import { parseIdx } from '../../src/data/idx';
import { parseNpy } from '../../src/data/npy';
import { concat, dataError, encode, encode64, idxFile, npyFile, npyWithHeader } from './data-files';

function decode(array: EncodedArray): number[] {
  const width = rowWidth(array);
  const target = new Float32Array(rowCount(array) * width);
  decodeInto(array, target, width, 0, []);
  return [...target];
}
const npyMessage = async (bytes: Uint8Array<ArrayBuffer>) => (await dataError(() => parseNpy('a.npy', bytes))).message;
const idxMessage = async (bytes: Uint8Array<ArrayBuffer>) => (await dataError(() => parseIdx('a-idx', bytes))).message;

describe('NumPy arrays', () => {
  it.each([
    ['|u1', encode('Uint8', [0, 255], true), [0, 255]],
    ['|i1', encode('Int8', [-128, 127], true), [-128, 127]],
    ['|b1', encode('Uint8', [1, 0], true), [1, 0]],
    ['<u2', encode('Uint16', [1, 65535], true), [1, 65535]],
    ['>u2', encode('Uint16', [1, 65535], false), [1, 65535]],
    ['<i2', encode('Int16', [-2, 258], true), [-2, 258]],
    ['>i2', encode('Int16', [-2, 258], false), [-2, 258]],
    ['<u4', encode('Uint32', [3, 4294967295], true), [3, 4294967296]],
    ['>u4', encode('Uint32', [3, 66051], false), [3, 66051]],
    ['<i4', encode('Int32', [-3, 16777216], true), [-3, 16777216]],
    ['>i4', encode('Int32', [-3, 66051], false), [-3, 66051]],
    ['<i8', encode64([-5n, 1n << 40n], true), [-5, 2 ** 40]],
    ['>i8', encode64([-5n, -(1n << 62n)], false), [-5, -(2 ** 62)]],
    ['<u8', encode64([5n, -1n], true), [5, 2 ** 64]],
    ['>u8', encode64([5n, 1n << 33n], false), [5, 2 ** 33]],
    // Half precision: 1.5, −2⁻²⁴ (smallest), 65504 (largest).
    ['<f2', encode('Uint16', [0x3e00, 0x8001, 0x7bff], true), [1.5, -(2 ** -24), 65504]],
    ['>f2', encode('Uint16', [0x3e00, 0xc000], false), [1.5, -2]],
    ['<f4', encode('Float32', [0.1, -1e30], true), [Math.fround(0.1), Math.fround(-1e30)]],
    ['>f4', encode('Float32', [0.1, -1e30], false), [Math.fround(0.1), Math.fround(-1e30)]],
    ['<f8', encode('Float64', [0.1, 1e-50], true), [Math.fround(0.1), 0]],
    ['>f8', encode('Float64', [0.1, -7], false), [Math.fround(0.1), -7]],
  ])('reads %s', (descr, data, expected) => {
    const array = parseNpy('a.npy', npyFile({ descr, shape: [expected.length] }, data));
    expect(array.shape).toEqual([expected.length]);
    expect(decode(array)).toEqual(expected);
  });

  it.each([1, 2, 3] as const)('reads format version %i', (version) => {
    const bytes = npyFile({ descr: '<f4', shape: [2, 1], version }, encode('Float32', [1, 2], true));
    expect(decode(parseNpy('a.npy', bytes))).toEqual([1, 2]);
  });

  it('reads a view that does not begin its buffer', () => {
    const bytes = npyFile({ descr: '<f8', shape: [1, 2] }, encode('Float64', [1, 2], true));
    expect(decode(parseNpy('a.npy', concat(new Uint8Array(3), bytes).subarray(3)))).toEqual([1, 2]);
  });

  it('turns column-major storage into rows', () => {
    // a[i, j, k] = 100 i + 10 j + k, shape 2 × 3 × 4, stored with i varying fastest.
    const stored: number[] = [];
    for (let k = 0; k < 4; k++)
      for (let j = 0; j < 3; j++) for (let i = 0; i < 2; i++) stored.push(100 * i + 10 * j + k);
    const array = parseNpy(
      'a.npy',
      npyFile({ descr: '|u1', shape: [2, 3, 4], fortran: true }, encode('Uint8', stored, true)),
    );
    const expected: number[] = [];
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 3; j++) for (let k = 0; k < 4; k++) expected.push(100 * i + 10 * j + k);
    expect(decode(array)).toEqual(expected);
  });

  it('reads a single number and an empty array', () => {
    expect(decode(parseNpy('a.npy', npyFile({ descr: '<f4', shape: [] }, encode('Float32', [3], true))))).toEqual([3]);
    expect(parseNpy('a.npy', npyFile({ descr: '<f4', shape: [0, 3] }, new Uint8Array())).shape).toEqual([0, 3]);
  });

  it('says what is wrong', async () => {
    const good = npyFile({ descr: '<f4', shape: [2, 2] }, encode('Float32', [1, 2, 3, 4], true));
    expect(await npyMessage(good.subarray(1))).toContain('magic bytes');
    expect(await npyMessage(good.subarray(0, 9))).toContain('cut short inside its header');
    expect(await npyMessage(good.subarray(0, 40))).toMatch(/header is \d+ bytes long, but only 30 bytes follow/);
    expect(await npyMessage(good.subarray(0, good.length - 3))).toMatch(
      /2 × 2 of float32, 16 bytes of numbers, but 13/,
    );
    expect(await npyMessage(concat(good, new Uint8Array(5)))).toMatch(/16 bytes of numbers, but 21 .*too long/);
    const version = good.slice();
    version[6] = 9;
    expect(await npyMessage(version)).toContain('version 9.0 is unknown');
    const data = new Uint8Array(8);
    expect(await npyMessage(npyFile({ descr: '<c8', shape: [1] }, data))).toContain('"<c8" (complex numbers)');
    expect(await npyMessage(npyFile({ descr: '|O', shape: [1] }, data))).toContain('"|O" (Python objects)');
    expect(await npyMessage(npyFile({ descr: '<U2', shape: [1] }, data))).toContain('"<U2" (text)');
    expect(await npyMessage(npyFile({ descr: '<f16', shape: [1] }, data))).toContain('"<f16" cannot be read');
    const rest = "'fortran_order': False, 'shape': (1,)}";
    expect(await npyMessage(npyWithHeader(`{'descr': [('a', '<f4')], ${rest}`, data))).toContain('structured');
    expect(await npyMessage(npyWithHeader(`{${rest}`, data))).toContain("no type ('descr')");
    expect(await npyMessage(npyWithHeader("{'descr': '<f4', 'shape': (1,)}", data))).toContain('fortran_order');
    expect(await npyMessage(npyWithHeader("{'descr': '<f4', 'fortran_order': False}", data))).toContain('no shape');
    const bad = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,,2)}";
    expect(await npyMessage(npyWithHeader(bad, data))).toContain('cannot be understood');
    const huge = npyFile({ descr: '<f4', shape: [1e15, 1e15] }, data);
    expect(await npyMessage(huge)).toContain('cut short');
  });

  it('names the place of a number that is not finite in single precision', async () => {
    for (const [value, text] of [
      [NaN, 'NaN is not a finite number'],
      [-Infinity, '-Infinity is not a finite number'],
      [1e300, '1e+300 is too large'],
    ] as const) {
      const array = parseNpy(
        'a.npy',
        npyFile({ descr: '<f8', shape: [2, 2] }, encode('Float64', [1, 2, 3, value], true)),
      );
      const error = await dataError(() => {
        decodeInto(array, new Float32Array(4), 2, 0, ['p', 'q']);
      });
      expect(error.message).toContain(`a.npy, row 2, column "q": ${text}`);
      expect(error.place).toEqual({ file: 'a.npy', row: 2, column: 'q' });
    }
  });

  it('decodes beside other columns', () => {
    const array = parseNpy('a.npy', npyFile({ descr: '|u1', shape: [2, 2] }, encode('Uint8', [1, 2, 3, 4], true)));
    const target = new Float32Array(8).fill(9);
    decodeInto(array, target, 4, 1, []);
    expect([...target]).toEqual([9, 1, 2, 9, 9, 3, 4, 9]);
  });
});

describe('IDX arrays', () => {
  it.each([
    [0x08, encode('Uint8', [0, 255], false), [0, 255]],
    [0x09, encode('Int8', [-128, 127], false), [-128, 127]],
    [0x0b, encode('Int16', [-2, 258], false), [-2, 258]],
    [0x0c, encode('Int32', [-3, 66051], false), [-3, 66051]],
    [0x0d, encode('Float32', [0.1, -1e30], false), [Math.fround(0.1), Math.fround(-1e30)]],
    [0x0e, encode('Float64', [0.1, -7], false), [Math.fround(0.1), -7]],
  ])('reads element type 0x%x', (type, data, expected) => {
    const array = parseIdx('a', idxFile(type, [1, 1, 2, 1], data));
    expect(array.shape).toEqual([1, 1, 2, 1]);
    expect(decode(array)).toEqual(expected);
  });

  it('lets a zero win over any other dimension', () => {
    const shape = [...Array<number>(100).fill(4e9), 0];
    expect(rowWidth(parseIdx('a', idxFile(0x08, shape, new Uint8Array())))).toBe(0);
  });

  it('says what is wrong', async () => {
    const good = idxFile(0x08, [2, 3], encode('Uint8', [1, 2, 3, 4, 5, 6], false));
    expect(await idxMessage(good.subarray(0, 3))).toContain('cut short inside its header');
    expect(await idxMessage(good.subarray(1))).toContain('two zero bytes');
    expect(await idxMessage(good.subarray(0, 11))).toContain('header of 2 dimensions needs 12 bytes; there are 11');
    expect(await idxMessage(good.subarray(0, 17))).toContain(
      '6 bytes of numbers, but 5 bytes follow: the file is cut short',
    );
    expect(await idxMessage(concat(good, new Uint8Array(1)))).toContain('too long');
    expect(await idxMessage(idxFile(0x0a, [1], new Uint8Array(1)))).toContain('type 0x0a is unknown');
    expect(await idxMessage(idxFile(0x08, [], new Uint8Array(1)))).toContain('no dimensions');
    expect(await idxMessage(idxFile(0x08, Array<number>(200).fill(4e9), new Uint8Array(1)))).toContain('cut short');
  });
});
