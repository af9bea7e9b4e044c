/** `npm run experiment`: installs what is missing, then runs the command line, which is TypeScript. */
import { ensureDependencies } from './dependencies.mjs';

await ensureDependencies(console.error);
const { tsImport } = await import('tsx/esm/api');
await tsImport('./experiment/main.ts', import.meta.url);
