/** `npm start`: installs what is missing, then serves the playground and opens it in the browser. */
import { spawn } from 'node:child_process';
import { ensureDependencies, root } from './dependencies.mjs';
import { bin } from './process.mjs';

await ensureDependencies(console.log);

// Nothing to open a browser on: a CI machine, or Linux without a display.
const headless =
  Boolean(process.env['CI']) ||
  (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']);

const server = spawn(process.execPath, [bin(root, 'vite'), ...(headless ? [] : ['--open']), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// Ctrl+C reaches the server by itself; a signal sent to this process alone has to be passed on.
for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(name, () => server.kill(name));
server.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal ? 0 : 1);
});
