/**
 * Well-known data sets that can be downloaded: what they are made of, where the files lie, and how to know them again.
 * The list itself is data, `public/data-sets.json`, so that a host that moved can be replaced without a new build.
 *
 * Where its numbers come from:
 * - SHA-256 of MNIST and Fashion-MNIST: TensorFlow Datasets. Those of both t10k files and of all four label files were
 *   worked out from the files themselves as well.
 * - SHA-1 of CIFAR-10's batches: Gluon (`mxnet.gluon.data.vision.CIFAR10`). The official archive can't be read from another
 *   site's page (no CORS header); both hosts hold its unpacked files, and git knows these by the same content hashes.
 * - Addresses name a commit where they can, so that what they stand for does not change. raw.githubusercontent.com and
 *   cdn.jsdelivr.net are known to allow reading from any page; the two last resorts (ossci-datasets, tf-keras-datasets)
 *   are official copies of which that is not known. None of the addresses was tried while this was written, for want of
 *   a network: a copy that is not what it should be is refused by its checksum, and the next host is asked.
 */
import { z } from 'zod';

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));

const fileSchema = z
  .strictObject({
    /** The name under which experiments know the file; not always the last part of its addresses. */
    name: z.string().min(1),
    bytes: z.int().positive(),
    sha256: hex(64).optional(),
    sha1: hex(40).optional(),
    /** The same file on several hosts, asked in this order. */
    urls: z.array(z.url()).min(1),
  })
  .refine(({ sha256, sha1 }) => (sha256 === undefined) !== (sha1 === undefined), 'needs either sha256 or sha1');

const setSchema = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1),
  about: z.string().min(1),
  /** Who made it, and a page about it. */
  source: z.string().min(1),
  page: z.url(),
  licence: z.string().min(1),
  /** Files that make one table together. */
  parts: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        rows: z.int().positive(),
        files: z.array(z.string().min(1)).min(1),
      }),
    )
    .min(1),
  files: z.array(fileSchema).min(1),
});

const catalogueSchema = z
  .strictObject({ version: z.literal(1), sets: z.array(setSchema) })
  .superRefine(({ sets }, context) => {
    const seen = new Set<string>();
    for (const set of sets) {
      const own = new Set(set.files.map(({ name }) => name));
      for (const { name } of set.files) {
        if (seen.has(name)) context.addIssue({ code: 'custom', message: `the file ${name} stands there twice` });
        seen.add(name);
      }
      for (const name of set.parts.flatMap((part) => part.files))
        if (!own.has(name)) context.addIssue({ code: 'custom', message: `${set.id} has no file ${name}` });
    }
  });

export type RemoteFile = z.infer<typeof fileSchema>;
export type RemoteSet = z.infer<typeof setSchema>;
export type RemotePart = RemoteSet['parts'][number];

/** Reads the list of data sets; throws an `Error` that names the first thing wrong with it. */
export function parseCatalogue(document: unknown): readonly RemoteSet[] {
  const { success, data, error } = catalogueSchema.safeParse(document);
  if (success) return data.sets;
  const { path, message } = error.issues[0]!;
  throw new Error(`The list of data sets is broken at ${path.join('.') || 'its top'}: ${message}`);
}

/** Files wanted from one of the data sets. */
export interface Order {
  readonly set: RemoteSet;
  readonly files: readonly RemoteFile[];
}

/** The data set that has all of these files, in their order; undefined where none has, or where no file is named. */
export function orderOf(sets: readonly RemoteSet[], names: readonly string[]): Order | undefined {
  if (names.length === 0) return undefined;
  for (const set of sets) {
    const files = names.map((name) => set.files.find((file) => file.name === name));
    if (files.every((file) => file !== undefined)) return { set, files };
  }
  return undefined;
}

export const bytesOf = (files: readonly RemoteFile[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

/** "11.6 MB", "4.5 kB"; powers of ten, as hosts and browsers give sizes. */
export function sizeText(bytes: number): string {
  const [value, unit] = bytes < 1e3 ? [bytes, 'B'] : bytes < 1e5 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${unit === 'B' || value >= 99.95 ? value.toFixed(0) : value.toFixed(1)} ${unit}`;
}
