/** What is inside a ZIP archive. */
import { unzipSync } from 'fflate';
import { MAX_BYTES } from './limits';
import { DataError } from './table';
import { grouped } from './words';

/** Files of an archive, at most. */
const MAX_FILES = 200_000;

export interface Entry {
  /** With its folders, as `cats/1.png`. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The files of an archive, unpacked, sorted by path; without folders and what operating systems add. Throws `DataError` where
 * it is damaged, protected by a password, empty, or too large.
 */
export function unzip(name: string, bytes: Uint8Array<ArrayBuffer>): Entry[] {
  const fail = (message: string): never => {
    throw new DataError(`${name}: ${message}`, { file: name });
  };
  let size = 0;
  let count = 0;
  let tooLarge = '';
  let files: Record<string, Uint8Array> = {};
  try {
    files = unzipSync(bytes, {
      filter: ({ name: path, originalSize }) => {
        if (path.endsWith('/') || isHidden(path) || tooLarge) return false;
        size += originalSize;
        count++;
        if (size > MAX_BYTES)
          tooLarge = `it unpacks to more than ${grouped(MAX_BYTES)} bytes, the most that can be read.`;
        if (count > MAX_FILES) tooLarge = `there are more than ${grouped(MAX_FILES)} files in it.`;
        return !tooLarge;
      },
    });
  } catch {
    fail('the ZIP archive is damaged, cut short, or protected by a password.');
  }
  if (tooLarge) fail(tooLarge);
  const entries = Object.entries(files).map(([path, unpacked]): Entry => ({ path, bytes: Uint8Array.from(unpacked) }));
  if (entries.length === 0) fail('the ZIP archive holds no files.');
  if (files['[Content_Types].xml']) fail('this is an office document, not a table: save the sheet as CSV.');
  return entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

const isHidden = (path: string) => /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/.test(path);
