/** WebGPU in Node: Dawn, from the package `webgpu`, on whatever adapter it finds. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../dependencies.mjs';
import { Failure } from '../experiment/failure';

/** What is used of the package, which is installed for this runtime only. */
interface DawnModule {
  readonly create: (options: readonly string[]) => GPU;
  readonly globals: object;
}

/**
 * The entry to WebGPU; puts WebGPU's constants and classes in place. Where the system has no adapter it takes the software
 * driver that comes with a browser.
 * @param browser executable of a Chromium, if there is one
 * @throws Failure where there is no adapter
 */
export async function nodeGpu(browser: string | undefined, note: (line: string) => void): Promise<GPU> {
  const entry = join(root, 'bench/node_modules/webgpu/index.js');
  const { create, globals } = (await import(pathToFileURL(entry).href)) as DawnModule;
  Object.assign(globalThis, globals);
  const gpu = create([]);
  if (await gpu.requestAdapter()) return gpu;
  const driver = softwareDriver(browser);
  if (driver !== undefined) {
    note(`No adapter is there; taking the browser's software driver (${driver}).`);
    process.env['VK_DRIVER_FILES'] = driver;
    process.env['VK_ICD_FILENAMES'] = driver;
    const software = create([]);
    if (await software.requestAdapter()) return software;
  }
  throw new Failure('there is no Vulkan adapter that WebGPU can use; VK_DRIVER_FILES can name a driver');
}

/** Debian's browser is a script elsewhere than its files. */
function softwareDriver(browser: string | undefined): string | undefined {
  if (process.platform !== 'linux') return undefined;
  return [...(browser === undefined ? [] : [dirname(browser)]), '/usr/lib/chromium', '/opt/google/chrome']
    .map((folder) => join(folder, 'vk_swiftshader_icd.json'))
    .find(existsSync);
}
