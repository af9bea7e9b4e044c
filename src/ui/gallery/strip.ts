/** One check as places on a line: where its interval lies against the prediction. */
import type { Check } from '../../gallery/types';

export interface Strip {
  readonly predicted: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const MARGIN = 5;
/** The least that is shown to each side of the prediction, as a share of it: smaller differences should look small. */
const LEAST = 0.1;

/**
 * Pixels on a line of `width` that has the prediction in its middle and room for the whole interval; an end at infinity is at
 * the line's end. Undefined where nothing was measured.
 */
export function stripOf({ measured, predicted }: Check, width: number): Strip | undefined {
  if (!measured || !Number.isFinite(measured.value)) return undefined;
  const { value, low, high } = measured;
  const reach = Math.max(
    LEAST * Math.abs(predicted),
    ...[value, low, high].filter(Number.isFinite).map((end) => Math.abs(end - predicted)),
  );
  const half = width / 2 - MARGIN;
  const at = (end: number): number => {
    if (!Number.isFinite(end)) return end > 0 ? width : 0;
    return width / 2 + (reach === 0 ? 0 : (half * (end - predicted)) / reach);
  };
  return { predicted: width / 2, value: at(value), low: at(low), high: at(high) };
}
