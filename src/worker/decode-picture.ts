/** Pictures by the browser's own decoders, in a page or a worker. */
import type { DecodedPicture } from '../data/picture-files';

/** Rejects where the browser cannot decode the file. */
export async function decodePicture(bytes: Uint8Array<ArrayBuffer>): Promise<DecodedPicture> {
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const { width, height } = bitmap;
  return {
    width,
    height,
    pixels: (side) => {
      const context = new OffscreenCanvas(side, side).getContext('2d', { willReadFrequently: true })!;
      context.fillStyle = '#fff';
      context.fillRect(0, 0, side, side);
      context.imageSmoothingQuality = 'high';
      const part = Math.min(width, height);
      context.drawImage(bitmap, (width - part) / 2, (height - part) / 2, part, part, 0, 0, side, side);
      return context.getImageData(0, 0, side, side).data;
    },
    close: () => {
      bitmap.close();
    },
  };
}
