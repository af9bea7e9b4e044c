import { beforeAll, expect, test } from 'vitest';
import { structLayout } from '../../src/gpu/layout';
import { installGpuGlobals } from './mock-gpu';

beforeAll(installGpuGlobals);

const code = `
enable subgroups;
override width: u32 = 4u;
alias Row = vec4<f32>;
struct Run { eta: f32, axis: vec3f, steps: u32, shift: i32, row: Row, table: array<vec3f, 2> }
struct Small { a: f32, b: vec2u }
struct Nested { inner: Small }
struct Half { h: f16 }
struct Open { count: u32, rest: array<f32> }
@group(0) @binding(0) var<storage, read_write> runs: array<Run>;
@compute @workgroup_size(width) fn main() { runs[0].eta = subgroupAdd(1.0); }
`;
const values = { eta: 0.5, axis: [1, 2, 3], steps: 7, shift: -1, row: [4, 5, 6, 7], table: [1, 2, 3, 4, 5, 6] };

test('offsets and sizes follow the alignment rules of WGSL', () => {
  const run = structLayout(code, 'Run');
  expect(run.offsets).toEqual({ eta: 0, axis: 16, steps: 28, shift: 32, row: 48, table: 64 });
  expect(run.size).toBe(96);
  // An array of them has the stride of a whole struct: 12 bytes of fields from 0, 8 … rounded up to 16.
  expect(structLayout(code, 'Small').size).toBe(16);
});

test('writes one struct and nothing around it, into buffers and views', () => {
  const run = structLayout(code, 'Run');
  const bytes = new Uint8Array(96 * 3).fill(255);
  run.write(bytes.subarray(96), 0, values);
  const f = new Float32Array(bytes.buffer, 96, 24);
  const u = new Uint32Array(bytes.buffer, 96, 24);
  expect([f[0], ...f.slice(4, 7), u[7], u[8]]).toEqual([0.5, 1, 2, 3, 7, 0xffffffff]);
  expect([...f.slice(12)]).toEqual([4, 5, 6, 7, 1, 2, 3, 0, 4, 5, 6, 0]);
  expect(bytes.subarray(0, 96).every((byte) => byte === 255)).toBe(true);
  expect(bytes.subarray(192).every((byte) => byte === 255)).toBe(true);
  const array = new ArrayBuffer(96 * 2);
  run.write(array, 96, values);
  expect(new Uint8Array(array, 96)).toEqual(bytes.subarray(96, 192));
});

test.each([
  ['an unknown field', { ...values, gamma: 1 }, 'Run has no field "gamma" (it has eta, axis,'],
  ['a missing field', { eta: 1, axis: [1, 2, 3], steps: 1, shift: 1, row: [1, 2, 3, 4] }, 'Run.table has no value'],
  ['too few components', { ...values, axis: [1, 2] }, 'Run.axis takes 3 numbers, not 2'],
  ['padding given', { ...values, table: [1, 2, 3, 0, 4, 5, 6, 0] }, 'Run.table takes 6 numbers, not 8'],
  ['a number for a vector', { ...values, row: 1 }, 'Run.row takes 4 numbers, not 1'],
  ['a negative unsigned', { ...values, steps: -1 }, 'Run.steps cannot hold -1: it is u32'],
  ['a fraction', { ...values, shift: 0.5 }, 'Run.shift cannot hold 0.5: it is i32'],
  ['an integer out of range', { ...values, shift: 2 ** 31 }, 'Run.shift cannot hold 2147483648: it is i32'],
])('%s throws with the name and writes nothing', (_, wrong: Record<string, number | readonly number[]>, message) => {
  const array = new ArrayBuffer(96);
  expect(() => {
    structLayout(code, 'Run').write(array, 0, wrong);
  }).toThrow(message);
  expect(new Uint8Array(array).every((byte) => byte === 0)).toBe(true);
});

test('a place outside the target is an error', () => {
  const small = structLayout(code, 'Small');
  for (const offset of [-1, 1])
    expect(() => {
      small.write(new ArrayBuffer(16), offset, { a: 1, b: [1, 2] });
    }).toThrow('Small (16 bytes) does not fit');
});

test.each([
  ['Absent', 'The WGSL declares no struct Absent (it has Run, Small,'],
  ['Nested', 'Field Nested.inner has a type whose layout is not supported'],
  ['Half', 'Field Half.h has a type whose layout is not supported'],
  ['Open', 'Field Open.rest has a type whose layout is not supported'],
])('struct %s is refused', (name, message) => {
  expect(() => structLayout(code, name)).toThrow(message);
});

test('text that is not WGSL is refused', () => {
  expect(() => structLayout('struct Run { eta f32 }', 'Run')).toThrow('Cannot read the WGSL that declares struct Run');
});
