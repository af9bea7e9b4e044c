/** Text of exported pictures: its style, raised digits, and what they all say at the bottom. */
import type { ExportSource } from './dataset';
import type { Tick } from './figure/scale';
import { element, escapeXml } from './xml';

export const ink = '#1c232b';
export const quiet = '#5b6673';

/** Styles of all text; `fontFaces` are `@font-face` rules. */
export function styleSheet(fontFaces: string): string {
  return escapeCss(
    `${fontFaces}text{font:400 12px Inter,"Helvetica Neue",Arial,sans-serif;fill:${ink}}` +
      `.title{font-size:20px;font-weight:600}.strong{font-weight:600}.quiet{fill:${quiet}}.small{font-size:11px}` +
      '.halo{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}',
  );
}

/** CSS inside XML: quotes may stay, markup may not. */
const escapeCss = (css: string) => css.replace(/&/g, '&amp;').replace(/</g, '&lt;');

export function text(
  x: number,
  y: number,
  content: string,
  attributes: Record<string, string | number | undefined> = {},
): string {
  return element('text', { x, y, ...attributes }, rich(content));
}

const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹⁻';

/** Raised digits become smaller digits set higher: the font has no glyphs of its own for most of them. */
export function rich(content: string): string {
  return content
    .split(/([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)/)
    .map((part, k) => {
      if (k % 2 === 0) {
        // What follows a raised part goes back to the line; at the end a space without width takes the line there.
        return k > 0 ? element('tspan', { dy: 4 }, escapeXml(part || '\u200B')) : escapeXml(part);
      }
      const digits = Array.from(part, (c) => (c === '⁻' ? '−' : String(raised.indexOf(c)))).join('');
      return element('tspan', { dy: -4, 'font-size': '75%' }, digits);
    })
    .join('');
}

export function tickLabel({ label }: Pick<Tick, 'label'>): string {
  if (typeof label === 'string') return rich(label);
  if (label.exponent === 0) return '1';
  return `10${element('tspan', { dy: -5, 'font-size': 9 }, String(label.exponent).replace('-', '−'))}`;
}

/** What computed the numbers. */
export function footerOf({ engine }: Pick<ExportSource, 'engine'>): string {
  const { vendor, architecture, description } = engine.adapter;
  const adapter = description || [vendor, architecture].filter(Boolean).join(' ');
  const where = engine.engine === 'webgpu' ? 'Computed in float32 with WebGPU' : 'Computed in float64 on the CPU';
  return adapter === '' ? where : `${where} on ${adapter}`.replace(' on the CPU on', ' on');
}
