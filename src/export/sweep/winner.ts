/** The sentence above the maps: which optimizer does best, where, and by how much. */
import { formatCount, formatLoss } from '../figure/format';
import { axisValueText } from './axis';
import { isFinished, readMaps, type BestCell, type MapValues, type SweepData } from './data';
import { formatTolerance, metricOf, type Metric } from './metrics';

/** Two values within this factor are told as equal: more digits than the sentence shows. */
const EQUAL = 1.005;

interface Contender extends BestCell {
  readonly label: string;
}

/**
 * What the finished cells say so far, for a metric. Ends with what the runner-up has, and the best of SGD where there is
 * one; tells ties, and where no cell has a value, why.
 */
export function winnerSentence(data: SweepData, metric: Metric, maps: readonly MapValues[]): string {
  if (maps.every(({ finished }) => finished === 0)) return '';
  const complete = isFinished(maps);
  const sentence = (text: string) => (complete ? text : `So far: ${text}`);
  const sign = metric.better === 'low' ? 1 : -1;
  const contenders = data.maps
    .flatMap(({ label }, map): Contender[] => {
      const best = maps[map]?.best;
      return best ? [{ ...best, label }] : [];
    })
    .sort((a, b) => sign * (a.value - b.value));
  const [winner, second] = contenders;
  if (!winner) {
    const allDiverged = maps.every(({ finished, diverged }) => finished === diverged);
    const text = nothing(data, metric, complete, allDiverged);
    return sentence(complete ? text : text.charAt(0).toLowerCase() + text.slice(1));
  }

  const deed = deedOf(metric, data.sweep.tolerance);
  const level = contenders.filter(({ value }) => !apart(value, winner.value));
  if (level.length > 1) {
    const names = listed(level.map(({ label }) => label));
    return sentence(`${names} are level: at their best they ${deed(winner.value, true)}${sparing(data, maps)}.`);
  }
  const others =
    winner.ties > 1 ? ` (as ${winner.ties === 2 ? 'does one other cell' : `do ${winner.ties - 1} other cells`})` : '';
  const start = `${winner.label} at ${placeText(data, winner)} ${deed(winner.value, false)}${others}`;
  if (!second) return sentence(`${start}${sparing(data, maps)}.`);
  const sgd = contenders.find(({ map }) => data.maps[map]!.run.optimizer === 'sgd');
  const margins = [second, ...(sgd && sgd !== second && sgd !== winner ? [sgd] : [])].map(
    (other) => `${margin(metric, winner.value, other.value)} the best ${other.label} cell`,
  );
  return sentence(`${start}: ${margins.join(', ')}${sparing(data, maps)}.`);
}

/** The place of a cell: "η = 0.17, m = 64". */
export function placeText(data: SweepData, { x, y }: { readonly x: number; readonly y: number }): string {
  const one = (axis: SweepData['x'], k: number) => `${axis.symbol} = ${axisValueText(axis, axis.values[k]!)}`;
  const parts = [one(data.x, x), one(data.y, y)];
  return (data.x.parameter === 'batch' ? parts.reverse() : parts).join(', ');
}

function deedOf(metric: Metric, tolerance: number): (value: number, plural: boolean) => string {
  const goal = formatTolerance(tolerance);
  switch (metric.id) {
    case 'steps':
      return (value, plural) => `${plural ? 'reach' : 'reaches'} ${goal} in ${formatCount(value)} steps`;
    case 'samples':
      return (value, plural) => `${plural ? 'reach' : 'reaches'} ${goal} after ${formatCount(value)} samples`;
    case 'rate':
      return (value, plural) => `${plural ? 'fall' : 'falls'} at a rate of ${formatLoss(value)} per step`;
    case 'loss':
      return (value, plural) => `${plural ? 'end' : 'ends'} at a loss of ${formatLoss(value)}`;
    case 'testLoss':
      return (value, plural) => `${plural ? 'end' : 'ends'} at a test loss of ${formatLoss(value)}`;
    case 'testAccuracy':
      return (value, plural) => `${plural ? 'end' : 'ends'} at a test accuracy of ${metric.format(value)}`;
  }
}

const apart = (a: number, b: number): boolean => {
  if (a === b) return false;
  if (!(a > 0 && b > 0)) return true;
  return Math.max(a, b) / Math.min(a, b) > EQUAL;
};

function margin(metric: Metric, winner: number, other: number): string {
  if (metric.share) return `${(100 * (winner - other)).toPrecision(2)} points above`;
  const words = { steps: 'fewer than', samples: 'fewer than', rate: 'faster than' };
  const word = metric.id in words ? words[metric.id as keyof typeof words] : 'below';
  const factor = metric.better === 'low' ? other / winner : winner / other;
  if (!(factor > 1) || !Number.isFinite(factor)) return metric.better === 'low' ? 'less than' : 'more than';
  return `${formatFactor(factor)} × ${word}`;
}

/** Which finished maps have no cell with a value. */
function sparing(data: SweepData, maps: readonly MapValues[]): string {
  const none = data.maps.filter((_, k) => !maps[k]!.best && maps[k]!.finished === maps[k]!.kinds.length);
  return none.length === 0 ? '' : `; ${listed(none.map(({ label }) => label))} in no cell`;
}

function nothing(data: SweepData, metric: Metric, complete: boolean, allDiverged: boolean): string {
  if (allDiverged) return `Every ${complete ? '' : 'finished '}cell diverged.`;
  if (metric.id !== 'steps' && metric.id !== 'samples')
    return `No cell has a ${metric.label.toLowerCase()} to compare.`;
  const closest = readMaps(data, metricOf('loss'))
    .flatMap(({ best }) => best ?? [])
    .reduce<BestCell | undefined>((a, b) => (a && a.value <= b.value ? a : b), undefined);
  const share = closest && closest.outcome.start > 0 ? closest.value / closest.outcome.start : undefined;
  const near =
    closest && share !== undefined
      ? ` The closest, ${data.maps[closest.map]!.label} at ${placeText(data, closest)}, comes down to ${formatLoss(share)} of its start.`
      : '';
  return `No cell reaches ${formatTolerance(data.sweep.tolerance)} within ${formatCount(data.config.steps)} steps.${near}`;
}

const formatFactor = (factor: number): string =>
  factor >= 100
    ? formatLoss(factor, factor >= 1000 ? 2 : 3)
    : factor.toPrecision(factor >= 10 ? 2 : factor < 1.095 ? 3 : 2);

function listed(names: readonly string[]): string {
  if (names.length <= 1) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}
