/** The project's own code in the tools. */
import { join } from 'node:path';
import { runnerImport } from 'vite';
import { root } from '../dependencies.mjs';

/** A module, by its path below the root. Vite loads it, since optimizers bring their shaders with them as text. */
export async function fromSource<Module>(path: string): Promise<Module> {
  const { module } = await runnerImport<Module>(join(root, path), { root, configFile: false, logLevel: 'error' });
  return module;
}
