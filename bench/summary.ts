/** A report in a few lines, for the README. */
import type { ContestantId } from './contestant';
import { ceilingOf, ratesOf, ratioOf, type Report } from './report';
import { median } from './statistics';
import { compact, deviceName, percent, table } from './table';
import { targetsOf } from './targets';

const rivals: readonly (readonly [ContestantId, string])[] = [
  ['tfjs-webgpu', 'tf.js WebGPU'],
  ['jax-js-webgpu', 'jax-js WebGPU'],
  ['tfjs-wasm', 'tf.js WASM'],
  ['jax-js-wasm', 'jax-js WASM'],
  ['javascript', 'JavaScript'],
];

/** Markdown: our rate at each task, how many times the others' it is, its share of the ceiling; then the targets. */
export function summary(report: Report): string {
  const fma = ceilingOf(report, 'fma');
  const rows = report.tasks.flatMap(({ id, title, flop }) => {
    const ours = ratesOf(report, id, 'kernel');
    if (!ours) return [];
    const times = (rival: ContestantId): string => {
      const theirs = ratesOf(report, id, rival);
      return theirs ? compact(ratioOf(ours, theirs).median) : '';
    };
    const engine = ratesOf(report, id, 'engine');
    return [
      [
        `${id}: ${title}`,
        compact(median(ours)),
        ...rivals.map(([rival]) => times(rival)),
        fma === undefined ? '' : percent((median(ours) * flop) / (fma * 1e9)),
        engine ? percent(median(engine) / median(ours)) : '',
      ],
    ];
  });
  const head = ['Task', 'Lane-steps/s', ...rivals.map(([, name]) => `× ${name}`), 'Of FMA ceiling', 'Whole engine'];
  const targets = targetsOf(report);
  const told = (reached: boolean): string =>
    targets
      .filter((target) => target.reached === reached)
      .map(({ text, goal, measured }) => `${text} ${goal} (${measured ?? ''})`)
      .join('; ') || 'none';
  return [
    `On ${report.cores} cores with ${deviceName(report)} (${report.host}), medians of ${report.repeats} rounds. ` +
      '× is how many times as fast our bare kernel is; the last column is the rate of the whole engine as a share of it.',
    table(head, rows),
    `Targets reached: ${told(true)}.`,
    `Targets missed: ${told(false)}.`,
  ].join('\n\n');
}
