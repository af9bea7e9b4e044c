/** A server on the loopback interface with the benchmark's page. */
import { createServer } from 'node:http';
import { bundle, contentType } from '../experiment/server';

const PAGE = 'bench.html';

/** Bundles the page in memory, with the libraries that are installed, and serves it on a free port of 127.0.0.1. */
export async function serveBench(): Promise<{ url: string; close(): void }> {
  const files = await bundle(PAGE, 'bench');
  const server = createServer((request, response) => {
    const path = decodeURI(new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = files.get(path);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': contentType(path),
      // An isolated page has fine clocks, and memory that the threads of WebAssembly can share.
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(file);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port on 127.0.0.1');
  return {
    url: `http://127.0.0.1:${address.port}/${PAGE}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
