/** The font of exported pictures as CSS with the font data inside, so that a picture looks the same everywhere. */
import greek400 from '@fontsource/inter/files/inter-greek-400-normal.woff2?inline';
import greek600 from '@fontsource/inter/files/inter-greek-600-normal.woff2?inline';
import latin400 from '@fontsource/inter/files/inter-latin-400-normal.woff2?inline';
import latin600 from '@fontsource/inter/files/inter-latin-600-normal.woff2?inline';

const ranges = { latin: 'U+0000-024F, U+2000-206F, U+2190-22FF', greek: 'U+0370-03FF' };

const face = (data: string, weight: number, range: string) =>
  `@font-face{font-family:Inter;font-weight:${weight};src:url(${data}) format("woff2");unicode-range:${range}}`;

export const fontFaces = [
  face(latin400, 400, ranges.latin),
  face(latin600, 600, ranges.latin),
  face(greek400, 400, ranges.greek),
  face(greek600, 600, ranges.greek),
].join('');
