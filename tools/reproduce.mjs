/** `npm run reproduce`: installs what is missing, then runs the paper's claims, in TypeScript. */
import { ensureDependencies } from './dependencies.mjs';

await ensureDependencies(console.error);
const { tsImport } = await import('tsx/esm/api');
await tsImport('./reproduce/main.ts', import.meta.url);
