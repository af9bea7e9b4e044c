import { beforeAll, expect, test } from 'vitest';
import { openDevice } from '../../src/gpu/device';
import { installGpuGlobals, mockGpu } from './mock-gpu';

beforeAll(installGpuGlobals);

async function open() {
  const { gpu, devices } = mockGpu();
  const context = await openDevice({ gpu });
  return { pipelines: context.pipelines, device: devices[0]!, context };
}
const request = { label: 'kernel', code: 'fn main() {}', entryPoint: 'main' };

test('requests for one program share its compilation, under way or done', async () => {
  const { pipelines, device } = await open();
  const first = pipelines.get(request);
  const second = pipelines.get({ ...request, label: 'another name' });
  expect(await first).toBe(await second);
  expect(await pipelines.get(request)).toBe(await first);
  expect(device.compiled).toHaveLength(1);
});

test('code, entry point and constants tell programs apart; the order of constants does not', async () => {
  const { pipelines, device } = await open();
  await Promise.all([
    pipelines.get(request),
    pipelines.get({ ...request, code: 'fn main() { }' }),
    pipelines.get({ ...request, entryPoint: 'other' }),
    pipelines.get({ ...request, constants: { a: 1, b: 2 } }),
    pipelines.get({ ...request, constants: { b: 2, a: 1 } }),
    pipelines.get({ ...request, constants: { a: 1, b: 3 } }),
  ]);
  expect(pipelines.size).toBe(5);
  expect(device.compiled.map(({ constants }) => constants)).toContainEqual({ a: 1, b: 3 });
  expect(device.compiled).toHaveLength(5);
  // One module for one text.
  expect(device.modules).toBe(2);
});

test('a failure reaches all who wait, and is forgotten', async () => {
  const { pipelines, device } = await open();
  let release: () => void = () => undefined;
  device.gate = new Promise((resolve) => {
    release = resolve;
  });
  device.pipelineFailure = 'too many registers';
  const waiting = [pipelines.get(request), pipelines.get(request)];
  release();
  for (const failure of waiting) await expect(failure).rejects.toThrow('kernel (main): too many registers');
  expect(device.compiled).toHaveLength(1);
  expect(pipelines.size).toBe(0);
  device.pipelineFailure = undefined;
  await expect(pipelines.get(request)).resolves.toBeDefined();
  expect(device.compiled).toHaveLength(2);
});

test('compile errors carry label, line, column, message and the line itself; warnings do not count', async () => {
  const { pipelines, device, context } = await open();
  const uncaptured: unknown[] = [];
  context.onUncapturedError((error) => uncaptured.push(error));
  device.messages = [
    { type: 'warning', lineNum: 1, linePos: 1, message: 'unused' },
    { type: 'error', lineNum: 2, linePos: 6, message: 'unresolved value' },
    { type: 'error', lineNum: 0, linePos: 0, message: 'somewhere' },
  ];
  const code = 'fn main() {\n\tx = y;\n}';
  const failure = pipelines.get({ ...request, code });
  await expect(failure).rejects.toMatchObject({
    name: 'ShaderError',
    message: 'kernel:2:6: unresolved value\n  \tx = y;\n  \t    ^\nkernel: somewhere',
  });
  expect(uncaptured).toEqual([]);
  expect(device.openErrorScopes).toBe(0);
  device.messages = [];
  await expect(pipelines.get({ ...request, code })).resolves.toBeDefined();
});
