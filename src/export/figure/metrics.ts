/** The numbers of a recording in words. */
import { isAccuracy, type Metric } from '../../problems/metrics';
import { formatLoss } from './format';

const names: Record<Metric, string> = {
  loss: 'train loss',
  accuracy: 'train accuracy',
  testLoss: 'test loss',
  testAccuracy: 'test accuracy',
};

/** A metric within a sentence. Where the loss is all there is, it is just "loss". */
export const metricName = (metric: Metric, among: readonly Metric[]): string =>
  among.length > 1 ? names[metric] : 'loss';

/** The same in the plural: "test losses". */
export const metricNames = (metric: Metric, among: readonly Metric[]): string =>
  metricName(metric, among).replace('loss', 'losses').replace('accuracy', 'accuracies');

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A recorded number: a loss to `digits` significant digits, an accuracy in per cent. */
export const formatMetric = (metric: Metric, value: number, digits = 3): string =>
  isAccuracy(metric) ? formatShare(value) : formatLoss(value, digits);

/** Most decimals of a share in per cent. */
const MOST = 4;

/** A share of rows in per cent, to one decimal; more where it is so close to all or none that they would hide it. */
export function formatShare(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const percent = 100 * value;
  if (percent === 0 || percent === 100) return `${percent} %`;
  const end = Math.min(Math.abs(percent), Math.abs(100 - percent));
  const decimals = end >= 0.05 ? 1 : Math.ceil(-Math.log10(end));
  return `${percent.toFixed(Math.min(MOST, decimals))} %`;
}
