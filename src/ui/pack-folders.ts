/** Folders dropped on the page, as one archive: a data set has one name then, the same as its archive would have. */
import { Zip, ZipPassThrough } from 'fflate';

/** The files as they are, and after them one ZIP archive of all that came in folders; one file is read at a time. */
export async function packFolders(files: readonly File[]): Promise<File[]> {
  const inFolders = files.flatMap((file) => {
    const parts = pathOf(file)
      .split('/')
      .filter((part) => part !== '' && part !== '.');
    return parts.length > 1 ? [{ file, path: parts.join('/'), folder: parts[0]! }] : [];
  });
  const single = files.filter((file) => !inFolders.some((one) => one.file === file));
  if (inFolders.length === 0) return single;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let failure: Error | undefined;
  const zip = new Zip((error, chunk) => {
    if (error) failure = error;
    else chunks.push(Uint8Array.from(chunk));
  });
  for (const { file, path } of inFolders) {
    const entry = new ZipPassThrough(path);
    zip.add(entry);
    // Pictures are packed already.
    entry.push(new Uint8Array(await file.arrayBuffer()), true);
  }
  zip.end();
  if (failure) throw failure;
  const name = [...new Set(inFolders.map(({ folder }) => folder))].slice(0, 3).join(' + ');
  return [...single, new File(chunks, `${name}.zip`)];
}

/** Where a file lay: react-dropzone puts the path of dropped folders beside the name, browsers that of chosen ones. */
function pathOf(file: File & { readonly path?: string; readonly relativePath?: string }): string {
  return file.webkitRelativePath || (file.relativePath ?? file.path ?? file.name);
}
