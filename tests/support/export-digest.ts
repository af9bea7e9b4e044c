import { createHash } from 'node:crypto';

/** SHA-256 of what an exported script computes with: its text, its weights and its rows. */
export function digestOf(files: Readonly<Record<string, Uint8Array>>): string {
  const hash = createHash('sha256');
  for (const name of ['train.py', 'weights.safetensors', 'data.safetensors'])
    hash.update(`${name} ${files[name]!.length}\n`).update(files[name]!);
  return hash.digest('hex');
}
