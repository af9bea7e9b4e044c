/** `npm run bench`: installs what is missing, then runs the benchmark, which is TypeScript. */
import { ensureDependencies } from './dependencies.mjs';

await ensureDependencies(console.error);
const { tsImport } = await import('tsx/esm/api');
await tsImport('./bench/main.ts', import.meta.url);
