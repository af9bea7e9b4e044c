/** A server on the loopback interface with what the headless page needs: its code, the data files, a place for the result. */
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { build, type Plugin, type Rolldown } from 'vite';
import { root } from '../dependencies.mjs';

const PAGE = 'src/headless/index.html';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** What a file is served as, by the end of its name. */
export const contentType = (path: string): string => TYPES[extname(path)] ?? 'application/octet-stream';

export interface HeadlessServer {
  readonly pageUrl: string;
  /** Path, on this server, of each data file. */
  readonly dataUrls: readonly string[];
  /** Path to which the page sends the result. */
  readonly resultUrl: string;
  close(): void;
}

/**
 * Bundles the page in memory and serves it on a free port of 127.0.0.1.
 * @param dataFiles absolute paths
 * @param result receives the result's bytes; stays the caller's
 */
export async function serveHeadlessPage(dataFiles: readonly string[], result: FileHandle): Promise<HeadlessServer> {
  const files = await bundle(PAGE);
  const dataUrls = dataFiles.map((_, k) => `/data/${k}`);
  const resultUrl = '/result';

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = decodeURI(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (request.method === 'PUT' && path === resultUrl) {
      let position = 0;
      await result.truncate(0);
      for await (const chunk of request as AsyncIterable<Buffer>)
        position += (await result.write(chunk, 0, chunk.length, position)).bytesWritten;
      response.writeHead(204).end();
      return;
    }
    const dataFile = dataFiles[dataUrls.indexOf(path)];
    if (dataFile !== undefined) {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      await pipeline(createReadStream(dataFile), response);
      return;
    }
    const file = files.get(path);
    if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': contentType(path) }).end(file);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port on 127.0.0.1');
  return {
    pageUrl: `http://127.0.0.1:${address.port}/${PAGE}`,
    dataUrls,
    resultUrl,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * A page's files by path: a bundle needs no cache on disk, and two commands at once are not in each other's way.
 * @param page its HTML file, relative to the project's folder
 * @param mode Vite's, which the configuration sees
 */
export async function bundle(page: string, mode = 'production'): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const built = (await build({
    root,
    configFile: join(root, 'vite.config.ts'),
    mode,
    logLevel: 'error',
    build: { write: false, minify: false, copyPublicDir: false },
    plugins: [onePage(page)],
  })) as Rolldown.RolldownOutput;
  return new Map(
    built.output.map((part) => [`/${part.fileName}`, part.type === 'chunk' ? part.code : part.source] as const),
  );
}

/** Given as an option, the page would be added to those of the site, which takes six times as long to bundle. */
const onePage = (page: string): Plugin => ({
  name: 'one-page',
  config: (config) => {
    config.build = {
      ...config.build,
      rolldownOptions: { ...config.build?.rolldownOptions, input: join(root, page) },
    };
  },
});
