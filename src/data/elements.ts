/** Element types of binary array files: how many bytes, and how to read one as a number. */

export interface ElementType {
  readonly label: string;
  readonly bytes: number;
  readonly read: (view: DataView<ArrayBuffer>, at: number, littleEndian: boolean) => number;
}

/** Splits a 64-bit integer: exact up to 2⁵³, rounded beyond, and without BigInt, which is many times slower. */
const read64 = (signed: boolean) => (view: DataView<ArrayBuffer>, at: number, littleEndian: boolean) => {
  const highAt = littleEndian ? at + 4 : at;
  const high = signed ? view.getInt32(highAt, littleEndian) : view.getUint32(highAt, littleEndian);
  return high * 2 ** 32 + view.getUint32(littleEndian ? at : at + 4, littleEndian);
};

/** IEEE 754 half precision: sign, 5 bits of exponent, 10 of fraction. */
function readHalf(view: DataView<ArrayBuffer>, at: number, littleEndian: boolean): number {
  const word = view.getUint16(at, littleEndian);
  const sign = word & 0x8000 ? -1 : 1;
  const exponent = (word >>> 10) & 31;
  const fraction = word & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const element = (label: string, bytes: number, read: ElementType['read']): ElementType => ({ label, bytes, read });

export const ELEMENTS = {
  bool: element('boolean', 1, (view, at) => (view.getUint8(at) === 0 ? 0 : 1)),
  uint8: element('uint8', 1, (view, at) => view.getUint8(at)),
  int8: element('int8', 1, (view, at) => view.getInt8(at)),
  uint16: element('uint16', 2, (view, at, little) => view.getUint16(at, little)),
  int16: element('int16', 2, (view, at, little) => view.getInt16(at, little)),
  uint32: element('uint32', 4, (view, at, little) => view.getUint32(at, little)),
  int32: element('int32', 4, (view, at, little) => view.getInt32(at, little)),
  uint64: element('uint64', 8, read64(false)),
  int64: element('int64', 8, read64(true)),
  float16: element('float16', 2, readHalf),
  float32: element('float32', 4, (view, at, little) => view.getFloat32(at, little)),
  float64: element('float64', 8, (view, at, little) => view.getFloat64(at, little)),
} as const satisfies Record<string, ElementType>;
