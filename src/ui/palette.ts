/**
 * Line styles of runs. The first run of an optimizer wears the optimizer's own colour and a solid line; further runs of
 * the same optimizer turn the hue a little and change the dash, so they stay a family and can still be told apart
 * without colour.
 */
import type { RunConfig } from '../experiment/config';
import { optimizerOf } from '../optimizers/registry';

export type Scheme = 'light' | 'dark';

export interface RunStyle {
  /** `#rrggbb`, at least 3:1 against the scheme's {@link SURFACE}. */
  readonly colour: string;
  /** SVG `stroke-dasharray`; undefined is a solid line. */
  readonly dash: string | undefined;
}

/** Background that lines are drawn on. */
export const SURFACE: Readonly<Record<Scheme, string>> = { light: '#ffffff', dark: '#15181d' };

const MINIMUM_CONTRAST = 3;
const dashes: readonly (string | undefined)[] = [undefined, '7 4', '2 3', '11 4 2 4', '4 2'];
const hueTurns = [0, 26, -26, 48, -48];
const lightnessShifts = [0, -0.07, 0.07, -0.12, 0.12];

/** Colour and dash of `runs[index]`: a pure function of the list, so legend, cards and exports agree. */
export function runStyle(runs: readonly RunConfig[], index: number, scheme: Scheme): RunStyle {
  const run = runs[index];
  if (!run) throw new RangeError(`no run ${index} among ${runs.length}`);
  let variant = 0;
  for (let k = 0; k < index; k++) if (runs[k]!.optimizer === run.optimizer) variant++;
  return {
    colour: variantColour(optimizerOf(run.optimizer).colour[scheme], variant, scheme),
    dash: dashes[variant % dashes.length],
  };
}

/** The `variant`-th colour of a family; variant 0 is the base itself. */
export function variantColour(base: string, variant: number, scheme: Scheme): string {
  if (variant === 0) return base;
  // Dashes repeat after five; a second round through the hues starts one later so that no pair repeats for 25 runs.
  const turn = (variant + Math.floor(variant / dashes.length)) % hueTurns.length;
  const [lightness, chroma, hue] = toOklch(base);
  const target: Oklch = [
    clamp(lightness + lightnessShifts[turn]!, 0.3, 0.92),
    Math.max(chroma, 0.03),
    hue + hueTurns[turn]!,
  ];
  const towards = scheme === 'light' ? -0.01 : 0.01;
  let colour = fromOklch(target);
  while (contrast(colour, SURFACE[scheme]) < MINIMUM_CONTRAST) {
    target[0] += towards;
    colour = fromOklch(target);
  }
  return colour;
}

/** WCAG contrast ratio of two `#rrggbb` colours, 1 … 21. */
export function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

type Oklch = [lightness: number, chroma: number, hue: number];

const clamp = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));

function linearRgb(hex: string): [number, number, number] {
  return [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
}

function luminance(hex: string): number {
  const [r, g, b] = linearRgb(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** sRGB to OKLCH (Ottosson 2020); hue in degrees. */
function toOklch(hex: string): Oklch {
  const [r, g, b] = linearRgb(hex);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const bb = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    Math.hypot(a, bb),
    (Math.atan2(bb, a) * 180) / Math.PI,
  ];
}

function fromOklch([lightness, chroma, hue]: Oklch): string {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return `#${linear
    .map((c) => {
      const x = clamp(c, 0, 1);
      const encoded = x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055;
      return Math.round(encoded * 255)
        .toString(16)
        .padStart(2, '0');
    })
    .join('')}`;
}
