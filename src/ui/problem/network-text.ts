/** Networks in numbers. */
import type { Shape } from '../../models/network';

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });
const grouped = new Intl.NumberFormat('en-US');

export const shapeText = ({ height, width, channels }: Shape): string =>
  height === 1 && width === 1 ? grouped.format(channels) : `${height} × ${width} × ${channels}`;

/** A number of parameters, shortly. */
export const countText = (parameters: number): string =>
  `${parameters < 100_000 ? grouped.format(parameters) : compact.format(parameters)} ${parameters === 1 ? 'param' : 'params'}`;

export const compactText = (value: number): string => compact.format(value);
