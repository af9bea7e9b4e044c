/** How long an experiment will take, in words that promise no more than is known. */

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 2 });
const UNITS = [
  { name: 's', seconds: 1, below: 90 },
  { name: 'min', seconds: 60, below: 5400 },
  { name: 'h', seconds: 3600, below: 172_800 },
  { name: 'days', seconds: 86_400, below: Infinity },
] as const;

/** Two digits: "about 40 min". */
export function aboutText(seconds: number): string {
  if (seconds < 1) return 'less than a second';
  const unit = UNITS.find(({ below }) => seconds < below)!;
  return `about ${compact.format(seconds / unit.seconds)} ${unit.name}`;
}

/** What times of networks are worked out from: the measured rate in multiply-adds per second, or how to measure it. */
export const rateText = (rate: number | undefined): string =>
  rate === undefined
    ? 'Run this claim, or any network, to see how long these would take here.'
    : `Times at this machine’s measured rate, ${compact.format(rate)} multiply-adds/s.`;
