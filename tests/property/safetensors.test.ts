import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeSafetensors, type Tensor } from '../../src/export/pytorch/safetensors';
import { readSafetensors } from '../support/safetensors';

const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
const sizeOf = (lengths: readonly number[]) => lengths.reduce((product, length) => product * length, 1);

/** Numbers of any bits: NaN, infinities and −0 too. */
const tensor = fc
  .tuple(
    // Objects cannot be read back with a key __proto__ in the order it has; no module has that name.
    fc.string({ unit: 'grapheme', maxLength: 8 }).filter((name) => name !== '__metadata__' && name !== '__proto__'),
    shape,
    fc.boolean(),
  )
  .chain(([name, lengths, whole]) => {
    const count = { minLength: sizeOf(lengths), maxLength: sizeOf(lengths) };
    const data: fc.Arbitrary<Tensor['data']> = whole
      ? fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), count).map((list) => BigInt64Array.from(list))
      : fc.float32Array(count);
    return data.map((numbers): Tensor => ({ name, shape: lengths, data: numbers }));
  });

describe('safetensors', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 6 }), (tensors) => {
        const read = readSafetensors(writeSafetensors(tensors));
        expect(read.size).toBe(tensors.length);
        for (const one of tensors) expect(read.get(one.name)).toEqual(one);
      }),
    );
  });

  it('are the bytes of the specification', () => {
    const bytes = writeSafetensors([{ name: 'a', shape: [1, 2], data: Float32Array.of(1, -2) }]);
    const header = '{"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}';
    expect([...bytes.subarray(0, 8)]).toEqual([Math.ceil(header.length / 8) * 8, 0, 0, 0, 0, 0, 0, 0]);
    expect(new TextDecoder().decode(bytes.subarray(8, -8)).trimEnd()).toBe(header);
    expect([...bytes.subarray(-8)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  });

  it('refuse a name that is taken, and data without its shape', () => {
    const one = { name: 'a', shape: [1], data: Float32Array.of(1) };
    expect(() => writeSafetensors([one, one])).toThrow('A tensor cannot be named "a": the name is taken.');
    expect(() => writeSafetensors([{ ...one, name: '__metadata__' }])).toThrow(RangeError);
    expect(() => writeSafetensors([{ ...one, shape: [2, 3] }])).toThrow(
      'The tensor "a" of shape [2, 3] has 1 numbers.',
    );
  });
});
