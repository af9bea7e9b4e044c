/** One file over the network: its hosts in turn, with progress, and never anything but the file that it should be. */
import { sizeText, type RemoteFile } from './catalogue';
import { DownloadError } from './errors';

/** What a download needs of its surroundings. */
export interface Network {
  readonly fetch: (url: string, init: { readonly signal: AbortSignal }) => Promise<Response>;
  /** False where the browser knows that it has no network; true says nothing. */
  readonly online: () => boolean;
  /** Checksums; undefined where the page was not opened securely (https or localhost). */
  readonly subtle: Pick<SubtleCrypto, 'digest'> | undefined;
  /** A host that sends nothing for this long is given up, ms. */
  readonly patience: number;
}

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** Bytes so far; falls back to 0 when the next host is asked. */
  readonly onReceived: (bytes: number) => void;
  /** All bytes are there, and are held against the checksum. */
  readonly onChecking: () => void;
}

/** What one host did wrong; the next one is asked. */
class HostError extends Error {
  constructor(
    message: string,
    readonly reached: boolean,
  ) {
    super(message);
  }
}

/**
 * The bytes of a file, from the first host that gives the right ones. Throws `DownloadError`; the signal's reason on an
 * abort.
 */
export async function downloadFile(
  file: RemoteFile,
  network: Network,
  options: DownloadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { subtle } = network;
  if (!subtle)
    throw new DownloadError(
      'Downloads can be checked only on a page that was opened over https or from localhost.',
      'insecure',
    );
  const refusals: HostError[] = [];
  for (const url of file.urls) {
    options.signal.throwIfAborted();
    if (!network.online()) throw offline(file);
    try {
      const bytes = await receive(url, file, network, options);
      options.onChecking();
      await check(url, file, bytes, subtle);
      options.signal.throwIfAborted();
      return bytes;
    } catch (error) {
      options.signal.throwIfAborted();
      if (!(error instanceof HostError)) throw error;
      refusals.push(error);
    }
  }
  if (!network.online()) throw offline(file);
  const hint = refusals.some(({ reached }) => reached)
    ? ''
    : ' Is this computer online? A firewall or a browser extension may block these hosts, too.';
  throw new DownloadError(
    // A host may have been asked at two addresses.
    `${file.name} could not be downloaded: ${[...new Set(refusals.map(({ message }) => message))].join('; ')}.${hint}`,
    'hosts',
  );
}

const offline = (file: RemoteFile) =>
  new DownloadError(`${file.name} can't be downloaded: this browser is offline.`, 'offline');

async function receive(
  url: string,
  file: RemoteFile,
  network: Network,
  { signal, onReceived }: DownloadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { host } = new URL(url);
  const waited = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      waited.abort();
    }, network.patience);
  };
  wait();
  onReceived(0);
  try {
    const response = await network.fetch(url, { signal: AbortSignal.any([signal, waited.signal]) });
    if (!response.ok) throw new HostError(`${host} answered with an error (HTTP ${response.status})`, true);
    const bytes = new Uint8Array(file.bytes);
    let length = 0;
    const reader = (response.body ?? new Blob([]).stream()).getReader();
    for (;;) {
      wait();
      const { done, value } = await reader.read();
      if (done) break;
      if (length + value.length > bytes.length) {
        await reader.cancel();
        throw new HostError(`${host} sent another file (more than ${sizeText(file.bytes)})`, true);
      }
      bytes.set(value, length);
      length += value.length;
      onReceived(length);
    }
    if (length < bytes.length)
      throw new HostError(`${host} sent only ${sizeText(length)} of ${sizeText(file.bytes)}`, true);
    return bytes;
  } catch (error) {
    if (error instanceof HostError || error instanceof RangeError) throw error;
    if (waited.signal.aborted)
      throw new HostError(`${host} sent nothing for ${Math.round(network.patience / 1000)} s`, false);
    // A page is told no more than this: no network, a blocked host, or one that lets no other site read it.
    throw new HostError(`${host} could not be reached`, false);
  } finally {
    clearTimeout(timer);
  }
}

async function check(
  url: string,
  file: RemoteFile,
  bytes: Uint8Array<ArrayBuffer>,
  subtle: Pick<SubtleCrypto, 'digest'>,
): Promise<void> {
  const [algorithm, expected] = file.sha256 === undefined ? ['SHA-1', file.sha1] : ['SHA-256', file.sha256];
  const digest = new Uint8Array(await subtle.digest(algorithm, bytes));
  const sum = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (sum !== expected)
    throw new HostError(`${new URL(url).host} sent another file (its ${algorithm} checksum differs)`, true);
}
