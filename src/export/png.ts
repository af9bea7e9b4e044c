/** SVG to PNG through a canvas. */

/** Pictures in a row that must be the same, how long to wait between two, ms, and how many there are at most. */
const SETTLED = { same: 4, wait: 60, most: 30 } as const;

/**
 * Draws until the picture stays the same: the browser reads the fonts inside of an SVG only after it counts as decoded, and
 * leaves their text out until then.
 */
async function drawSettled(context: CanvasRenderingContext2D, image: HTMLImageElement): Promise<void> {
  const { width, height } = context.canvas;
  let before: string | undefined;
  let same = 0;
  for (let k = 0; k < SETTLED.most && same < SETTLED.same; k++) {
    context.clearRect(0, 0, width, height);
    context.drawImage(image, 0, 0, width, height);
    const now = context.canvas.toDataURL();
    same = now === before ? same + 1 : 0;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, SETTLED.wait));
  }
}

/**
 * Draws an SVG at `scale` times its size. The SVG must bring everything it needs: inside a picture the browser loads
 * nothing. Rejects where the picture cannot be drawn.
 */
export async function svgToPng(svg: string, width: number, height: number, scale = 2): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml;charset=utf-8' }));
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('This browser gives no canvas to draw the picture on.');
    await drawSettled(context, image);
    return await new Promise<Blob>((resolve, reject) => {
      canvas.toBlob((blob) => {
        if (blob) resolve(blob);
        else reject(new Error(`The picture of ${canvas.width} × ${canvas.height} pixels could not be made.`));
      }, 'image/png');
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
