/** The table of claims, as text. Pure. */
import type { Check, Claim, Estimate, Verdict } from '../../src/gallery/types';

export interface JudgedClaim {
  readonly claim: Pick<Claim, 'id' | 'title' | 'statement'>;
  readonly documents: readonly string[];
  readonly verdict: Verdict;
  /** Names of picture files without their endings. */
  readonly figures: readonly string[];
}

export interface ReportHead {
  readonly engine: string;
  readonly adapter: string;
  readonly seconds: number;
  /** Claims of the gallery that were not run, with the reason. */
  readonly skipped: readonly { readonly title: string; readonly reason: string }[];
}

export const holds = ({ verdict }: JudgedClaim): boolean => verdict.held && verdict.complete;

/** Exit status of the command: 1 where a claim failed. */
export const exitStatus = (judged: readonly JudgedClaim[]): number => (judged.every(holds) ? 0 : 1);

/** Four digits, powers of ten where it is short. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '−∞' : '–';
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  // A rate next to 1 needs more digits to differ from it.
  const text = magnitude > 0.9 && magnitude < 1.1 ? value.toPrecision(6) : value.toPrecision(4);
  const [mantissa, exponent] = (magnitude < 1e-4 || magnitude >= 1e6 ? value.toExponential(3) : text).split('e');
  const short = (mantissa ?? '').includes('.') ? (mantissa ?? '').replace(/\.?0+$/, '') : (mantissa ?? '');
  return (exponent === undefined ? short : `${short}e${Number(exponent)}`).replace(/-/g, '−');
}

export function estimateText(estimate: Estimate | undefined): string {
  if (!estimate) return 'not measured';
  const { value, low, high } = estimate;
  return low === high ? digits(value) : `${digits(value)} [${digits(low)}, ${digits(high)}]`;
}

const cell = (text: string): string => text.replace(/\|/g, '\\|');

function row({ label, measured, predicted, criterion, held, note }: Check): string {
  const cells = [
    note ? `${label} (${note})` : label,
    estimateText(measured),
    digits(predicted),
    criterion,
    held ? 'yes' : '**no**',
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
}

/** `claims.md`. */
export function claimsMarkdown(judged: readonly JudgedClaim[], head: ReportHead): string {
  const levels = judged
    .flatMap(({ verdict }) => verdict.checks)
    .flatMap(({ measured }) => (measured && measured.confidence < 1 ? [measured.confidence] : []));
  const confidence = [...new Set(levels)].sort((a, b) => a - b).map((level) => `${digits(100 * level)} %`);
  const lines = [
    '# The paper’s claims, reproduced',
    '',
    'C. Liu, M. Belkin, “Accelerating SGD with momentum for over-parameterized learning”, ICLR 2020 (arXiv 1810.13395).',
    '',
    `Computed with ${head.engine} (${head.adapter}) in ${head.seconds.toFixed(0)} s. In brackets: ${confidence[0] ?? ''} confidence intervals over lanes (independent seeds)${confidence[1] === undefined ? '' : `, of ${confidence[1]} for mean losses, whose tails are heavy`}. ` +
      'A speed is −d ln f/dt, per step, of the typical lane; predictions are exact expectations unless the row says otherwise.',
    '',
    '| Claim | Held |',
    '| --- | --- |',
    ...judged.map((entry) => `| ${cell(entry.claim.title)} | ${holds(entry) ? 'yes' : '**no**'} |`),
    ...head.skipped.map(({ title, reason }) => `| ${cell(title)} | skipped: ${cell(reason)} |`),
  ];
  for (const entry of judged) {
    const { claim, verdict, documents, figures } = entry;
    lines.push(
      '',
      `## ${claim.title}`,
      '',
      claim.statement,
      '',
      `${holds(entry) ? 'Held.' : '**Failed.**'} ${verdict.sentence}`,
      '',
      '| | Measured | Predicted or bound | Must be | Held |',
      '| --- | --- | --- | --- | --- |',
      ...verdict.checks.map(row),
      '',
      `Experiments: ${documents.map((id) => `[${id}](raw/${id}.json)`).join(', ')}`,
      ...figures.flatMap((name) => ['', `![${name}](figures/${name}.svg)`]),
    );
  }
  return `${lines.join('\n')}\n`;
}
