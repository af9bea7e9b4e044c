/** Where a value stands on a slider, and back. */
import type { Scale } from '../../optimizers/types';

/** `log2` is for whole numbers that double: batch sizes, seeds. */
export type SliderScale = Scale | 'log2';

export interface SliderRange {
  readonly min: number;
  readonly max: number;
}

const forward: Record<SliderScale, (value: number) => number> = {
  linear: (value) => value,
  log: Math.log10,
  log2: Math.log2,
  'log-to-one': (value) => -Math.log10(1 - value),
};

const backward: Record<SliderScale, (stretched: number) => number> = {
  linear: (stretched) => stretched,
  log: (stretched) => 10 ** stretched,
  log2: (stretched) => 2 ** stretched,
  'log-to-one': (stretched) => 1 - 10 ** -stretched,
};

/** Position of a value along the slider, 0 … 1; values beyond an end stand at that end. */
export function toPosition(scale: SliderScale, { min, max }: SliderRange, value: number): number {
  const stretch = forward[scale];
  const low = stretch(min);
  const position = (stretch(value) - low) / (stretch(max) - low);
  return Number.isNaN(position) ? 0 : Math.min(1, Math.max(0, position));
}

/**
 * The value at a position, rounded to what a hand can mean: three digits (of 1 − x where the scale is logarithmic in
 * that), powers of two. The ends are hit exactly.
 */
export function toValue(scale: SliderScale, { min, max }: SliderRange, position: number): number {
  if (position <= 0) return min;
  if (position >= 1) return max;
  const low = forward[scale](min);
  const stretched = low + position * (forward[scale](max) - low);
  if (scale === 'log2') return 2 ** Math.round(stretched);
  const value = backward[scale](stretched);
  if (scale === 'log-to-one') return clean(1 - clean(1 - value, 3), 12);
  return clean(value, 3);
}

/** Positions (0 … 1) of tick marks: whole powers where the scale is logarithmic, quarters where it is linear. */
export function ticks(scale: SliderScale, range: SliderRange): number[] {
  if (scale === 'linear') return [0, 0.25, 0.5, 0.75, 1];
  const low = Math.ceil(forward[scale](range.min) - 1e-9);
  const high = Math.floor(forward[scale](range.max) + 1e-9);
  const every = Math.max(1, Math.ceil((high - low) / 12));
  const result: number[] = [];
  for (let power = low; power <= high; power += every) result.push(toPosition(scale, range, backward[scale](power)));
  return result;
}

/**
 * Number of key presses from end to end: one per power of two, else fine enough for two digits a decade. Whole numbers
 * get fewer, so that from ten on no two stops round to the same one.
 */
export function sliderSteps(scale: SliderScale, { min, max }: SliderRange, integer = false): number {
  if (scale === 'log2') return Math.round(Math.log2(max) - Math.log2(min));
  if (scale === 'linear') return 100;
  const decades = forward[scale](max) - forward[scale](min);
  return integer ? Math.max(1, Math.round(decades * 20)) : Math.max(100, Math.round(decades * 40));
}

const clean = (value: number, digits: number) => Number(value.toPrecision(digits));
