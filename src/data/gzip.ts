/** Unpacks gzip with the platform's own decompressor (browsers, their workers, Node), within a limit. */
import { MAX_BYTES } from './limits';
import { DataError } from './table';
import { grouped } from './words';

/** Packed bytes handed over at a time. */
const PIECE = 2 ** 18;
/** Deflate cannot pack more tightly than this (zlib's documentation, "maximum compression factor"). */
const MAX_RATIO = 1032;

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * The unpacked bytes of a gzip file. Throws `DataError` where it is damaged, cut short or larger than `limit` bytes
 * unpacked; no more than that is ever held. The signal's reason is thrown on an abort.
 */
export async function gunzip(
  name: string,
  packed: Uint8Array<ArrayBuffer>,
  options: { readonly limit?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { limit = MAX_BYTES, signal } = options;
  const reader = unpackedStream(packed).getReader();
  let bytes = allocateBytes(name, Math.min(sizeHint(packed), limit));
  let length = 0;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read().catch(() => {
        throw new DataError(
          `${name}: the gzip data is damaged or cut short (${grouped(length)} bytes could be unpacked).`,
          { file: name },
        );
      });
      if (done) return bytes.subarray(0, length);
      const needed = length + value.length;
      if (needed > limit)
        throw new DataError(`${name}: it unpacks to more than ${grouped(limit)} bytes, the most that can be read.`, {
          file: name,
        });
      if (needed > bytes.length) {
        const larger = allocateBytes(name, Math.min(limit, Math.max(2 * bytes.length, needed)));
        larger.set(bytes.subarray(0, length));
        bytes = larger;
      }
      bytes.set(value, length);
      length = needed;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function unpackedStream(packed: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => {
      if (at >= packed.length) {
        controller.close();
        return;
      }
      controller.enqueue(packed.subarray(at, at + PIECE));
      at += PIECE;
    },
  });
  return source.pipeThrough(new DecompressionStream('gzip'));
}

/** The size that a gzip file gives at its end (modulo 2³²), where it is believable; else a guess. */
function sizeHint(packed: Uint8Array<ArrayBuffer>): number {
  if (packed.length < 18) return 1024;
  const size = new DataView(packed.buffer, packed.byteOffset, packed.byteLength).getUint32(packed.length - 4, true);
  return size <= packed.length * MAX_RATIO ? size : packed.length * 4;
}

function allocateBytes(name: string, length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch {
    throw new DataError(`${name}: there is not enough memory to unpack ${grouped(length)} bytes.`, { file: name });
  }
}
