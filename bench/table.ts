/** A report as text: Markdown tables that read well in a terminal too. */
import { ceilingOf, ratioOf, ratesOf, type ContestantResult, type Report, type TaskResult } from './report';
import { spreadOf } from './statistics';
import { targetsOf } from './targets';

/** Everything that {@link Report} holds, for people. */
export function reportText(report: Report): string {
  const { host, cores, quick, repeats, peers, runtime, latency } = report;
  const parts = [
    `Adapter: ${deviceName(report)} · ${host} · ${counted(cores, 'logical processor')} · ${counted(repeats, 'repeat')}`,
  ];
  if (!peers && runtime === 'browser') parts.push('Without tf.js and jax-js, which are not installed here.');
  if (quick)
    return [...parts, 'The results of tiny tasks, checked against float64:', ...report.tasks.map(checkTable)].join(
      '\n\n',
    );
  if (report.ceilings.length > 0) parts.push(ceilingTable(report));
  for (const task of report.tasks) parts.push(taskTable(report, task));
  if (latency)
    parts.push(
      `From a slider's event to the new curve on screen: ${compact(latency.median)} ms ` +
        `(${compact(latency.min)} … ${compact(latency.max)}, ${counted(latency.events, 'event')})`,
    );
  parts.push(targetTable(report));
  return parts.join('\n\n');
}

/** The adapter, as far as it gives its name. */
export const deviceName = ({ adapter: { vendor, architecture, description } }: Pick<Report, 'adapter'>): string =>
  description || [vendor, architecture].filter(Boolean).join(' ') || 'an unnamed adapter';

/** What a smoke test tells: right or not, and how nearly. */
function checkTable(task: TaskResult): string {
  const rows = task.contestants.map((contestant) =>
    contestant.state === 'measured'
      ? [contestant.label, 'right', contestant.error.toExponential(0)]
      : [contestant.label, stateText(contestant), ''],
  );
  return `${task.id}: ${task.title}\n\n${table(['Contestant', 'Result', 'Error'], rows)}`;
}

function ceilingTable({ ceilings }: Report): string {
  return table(
    ['Ceiling', 'Median', 'Spread'],
    ceilings.map(({ label, unit, values }) => {
      const { median: middle, min, max } = spreadOf(values);
      return [label, `${compact(middle)} ${unit}`, `${compact(min)} … ${compact(max)}`];
    }),
  );
}

function taskTable(report: Report, task: TaskResult): string {
  const fma = ceilingOf(report, 'fma');
  const bandwidth = ceilingOf(report, 'bandwidth');
  const rows = task.contestants.map((contestant) => {
    const { label } = contestant;
    if (contestant.state !== 'measured') return [label, stateText(contestant), '', '', '', '', '', ''];
    const { rates, error, preparation } = contestant;
    const { median: rate, min, max } = spreadOf(rates);
    return [
      label,
      compact(rate),
      `${compact(min)} … ${compact(max)}`,
      advantage(report, task, contestant.id),
      fma === undefined ? '' : percent((rate * task.flop) / (fma * 1e9)),
      bandwidth === undefined || task.rowBytes === 0 ? '' : percent((rate * task.rowBytes) / (bandwidth * 1e9)),
      `${compact(preparation)} ms`,
      error.toExponential(0),
    ];
  });
  const head = [
    'Contestant',
    'Lane-steps/s',
    'Spread',
    'Ours is … times as fast',
    'Of FMA ceiling',
    'Of load ceiling',
    'Set-up',
    'Error',
  ];
  return `${task.id}: ${task.title}\n\n${table(head, rows)}`;
}

function stateText(contestant: Exclude<ContestantResult, { state: 'measured' }>): string {
  switch (contestant.state) {
    case 'wrong':
      return `wrong by ${contestant.error.toExponential(0)}: not timed`;
    case 'failed':
      return `failed: ${contestant.reason}`;
    case 'unable':
      return contestant.reason;
  }
}

/** How our bare kernel compares with a contestant, with the spread over the rounds. */
function advantage(report: Report, task: TaskResult, contestant: string): string {
  const ours = ratesOf(report, task.id, 'kernel');
  const theirs = ratesOf(report, task.id, contestant);
  if (!ours || !theirs || contestant === 'kernel') return '';
  const { median: middle, min, max } = ratioOf(ours, theirs);
  return `${compact(middle)} (${compact(min)} … ${compact(max)})`;
}

function targetTable(report: Report): string {
  const targets = targetsOf(report);
  const rows = targets.flatMap(({ text, goal, measured, reached }) =>
    measured === undefined ? [] : [[text, goal, measured, reached ? 'reached' : 'missed']],
  );
  const missing = targets.filter(({ measured }) => measured === undefined).map(({ text }) => text);
  return [
    'Targets, set for two cores and SwiftShader',
    ...(rows.length > 0 ? [table(['Target', 'Goal', 'Measured', ''], rows)] : []),
    ...(missing.length > 0 ? [`Not measured: ${missing.join('; ')}.`] : []),
  ].join('\n\n');
}

/** A Markdown table with aligned columns. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, j) => Math.max(3, title.length, ...rows.map((row) => row[j]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, j) => cell.padEnd(widths[j]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Three significant digits. */
export const compact = (value: number): string =>
  value >= 1000
    ? value.toLocaleString('en', { notation: 'compact', maximumSignificantDigits: 3 })
    : String(Number(value.toPrecision(3)));

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;

export const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`;
