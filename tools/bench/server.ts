/** A server on the loopback interface with the benchmark's page and, for the latency of its sliders, the playground's. */
import { createServer } from 'node:http';
import { bundle, contentType } from '../experiment/server';

const PAGE = 'bench.html';
const SITE = '/site';
const SITE_PAGE = 'index.html';

export interface BenchServer {
  readonly benchUrl: string;
  /** There where the site was asked for. */
  readonly siteUrl: string;
  close(): void;
}

/**
 * Bundles the page in memory, with the libraries that are installed, and serves it on a free port of 127.0.0.1.
 * @param site whether the playground itself is wanted as well
 */
export async function serveBench(site: boolean): Promise<BenchServer> {
  const bench = await bundle(PAGE, 'bench');
  const playground = site ? await bundle(SITE_PAGE) : new Map<string, string | Uint8Array>();
  const server = createServer((request, response) => {
    const path = decodeURI(new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = path.startsWith(`${SITE}/`) ? playground.get(path.slice(SITE.length)) : bench.get(path);
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
  const origin = `http://127.0.0.1:${address.port}`;
  return {
    benchUrl: `${origin}/${PAGE}`,
    siteUrl: `${origin}${SITE}/${SITE_PAGE}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
