/** Archives of pictures through the browser's own decoders. */
import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { parseFiles } from '../../src/data/load';
import { decodePicture } from '../../src/worker/decode-picture';

/** A picture file whose left half has one colour and whose right half another. */
async function file(type: string, width: number, height: number, left: string, right: string): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  context.fillStyle = left;
  context.fillRect(0, 0, width / 2, height);
  context.fillStyle = right;
  context.fillRect(width / 2, 0, width / 2, height);
  return new Uint8Array(await (await canvas.convertToBlob({ type, quality: 1 })).arrayBuffer());
}

it('reads PNG and JPEG files, takes the middle of wide ones, and puts what is transparent on white', async () => {
  const bytes = zipSync({
    'pets/cat/1.png': await file('image/png', 8, 8, '#0a141e', 'transparent'),
    'pets/dog/2.jpg': await file('image/jpeg', 64, 16, '#ff0000', '#0000ff'),
  });
  const table = await parseFiles([{ name: 'pets.zip', bytes: Uint8Array.from(bytes).buffer }], { decodePicture });
  expect([table.rows, table.image, table.classNames]).toEqual([
    2,
    { width: 8, height: 8, channels: 3 },
    ['cat', 'dog'],
  ]);
  const rows = [0, 1].map((i) => [...table.values.subarray(i * 193, (i + 1) * 193)]);
  const [cat, dog] = rows[0]![192] === 0 ? rows : rows.toReversed();
  expect(cat!.slice(0, 3)).toEqual([10, 20, 30]);
  expect(cat!.slice(21, 24)).toEqual([255, 255, 255]);
  // The change of colours is in the middle still.
  const [red, , blue] = dog!;
  expect(red).toBeGreaterThan(245);
  expect(blue).toBeLessThan(10);
  expect(dog![21]).toBeLessThan(10);
  expect(dog![23]).toBeGreaterThan(245);
});

it('names a picture that it cannot read', async () => {
  const bytes = zipSync({ 'a/1.png': Uint8Array.of(1, 2, 3) });
  const parsed = parseFiles([{ name: 'a.zip', bytes: Uint8Array.from(bytes).buffer }], { decodePicture });
  await expect(parsed).rejects.toThrow('a.zip: the picture "a/1.png" is damaged or of an unknown format.');
});
