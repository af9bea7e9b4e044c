/** SVG to PNG through a canvas. */

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
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
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
