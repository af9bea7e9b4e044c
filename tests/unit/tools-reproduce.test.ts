import { DOMParser } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import type { ClaimFigure, Verdict } from '../../src/gallery/types';
import { claimSvg } from '../../tools/reproduce/plot';
import { claimsMarkdown, digits, estimateText, exitStatus, type JudgedClaim } from '../../tools/reproduce/report';

const verdict: Verdict = {
  held: true,
  complete: true,
  checks: [
    {
      label: 'Speed | of SGD',
      measured: { value: 0.5, low: 0.4, high: 0.6, confidence: 0.99 },
      predicted: 0.55,
      criterion: 'near',
      held: true,
    },
    { label: 'Share', predicted: 1, criterion: 'all', held: false, note: 'lanes diverged' },
  ],
  sentence: 'It was so.',
  figures: [],
};
const judged = (changes: Partial<Verdict> = {}): JudgedClaim => ({
  claim: { id: 'full-batch', title: 'A title', statement: 'A statement.' },
  documents: ['one'],
  verdict: { ...verdict, ...changes },
  figures: ['one-summary'],
});
const head = { engine: 'WebGPU', adapter: 'none', seconds: 61.2, skipped: [{ title: 'Your data', reason: 'no file' }] };

describe('the table of claims', () => {
  it('has every number with its interval, and what is missing', () => {
    const text = claimsMarkdown([judged()], head);
    expect(text).toContain('| Speed \\| of SGD | 0.5 [0.4, 0.6] | 0.55 | near | yes |');
    expect(text).toContain('| Share (lanes diverged) | not measured | 1 | all | **no** |');
    expect(text).toContain('| A title | yes |');
    expect(text).toContain('| Your data | skipped: no file |');
    expect(text).toContain('99 % confidence intervals');
    expect(text).toContain('(figures/one-summary.svg)');
  });

  it('says what failed', () => {
    expect(claimsMarkdown([judged({ held: false })], head)).toContain('| A title | **no** |');
  });

  it('ends with status 1 where a claim failed or was not judged whole', () => {
    expect(exitStatus([judged(), judged()])).toBe(0);
    expect(exitStatus([judged(), judged({ held: false })])).toBe(1);
    expect(exitStatus([judged({ complete: false })])).toBe(1);
  });

  it.each([
    [0.9987654321, '0.998765'],
    [1, '1'],
    [0, '0'],
    [-0.4973, '−0.4973'],
    [1234.56, '1235'],
    [0.0000123456, '1.235e−5'],
    [20_000_000, '2e7'],
    [Infinity, '∞'],
  ])('writes %f as %s', (value, text) => {
    expect(digits(value)).toBe(text);
  });

  it('writes exact numbers without an interval', () => {
    expect(estimateText({ value: 2, low: 2, high: 2, confidence: 1 })).toBe('2');
  });
});

describe('a claim’s figure', () => {
  const figure: ClaimFigure = {
    id: 'x',
    title: 'Speed & <batch>',
    x: 'm',
    y: 'speed',
    series: [
      {
        label: 'measured',
        kind: 'measured',
        group: 0,
        points: [
          { x: 1, y: 0.1, low: 0.09, high: 0.11 },
          { x: 10, y: 1 },
          { x: 100, y: 0 },
        ],
      },
      {
        label: 'theory',
        kind: 'theory',
        group: 0,
        points: [
          { x: 1, y: 0.1 },
          { x: 100, y: 10 },
        ],
      },
    ],
    marks: [{ x: 12, label: 'm*' }],
  };

  it('is valid XML with a circle per drawable point, and points lie on their line', () => {
    const errors: string[] = [];
    const { svg, width, height } = claimSvg(figure);
    const root = new DOMParser({
      onError: (level, message) => {
        errors.push(`${level}: ${message}`);
      },
    }).parseFromString(svg, 'image/svg+xml').documentElement!;
    expect(errors).toEqual([]);
    expect(root.getAttribute('viewBox')).toBe(`0 0 ${width} ${height}`);
    const circles = [...root.getElementsByTagName('circle')].map((c) => [
      Number(c.getAttribute('cx')),
      Number(c.getAttribute('cy')),
    ]);
    // Two points and the legend's sign.
    expect(circles).toHaveLength(3);
    const line = [...root.getElementsByTagName('path')].find((p) => p.getAttribute('fill') === 'none')!;
    const numbers = [...line.getAttribute('d')!.matchAll(/-?[\d.]+/g)].map(Number);
    const [x0, y0, x1, y1] = numbers as [number, number, number, number];
    const slope = (y1 - y0) / (x1 - x0);
    for (const [x, y] of circles.slice(0, 2) as [number, number][]) expect(y).toBeCloseTo(y0 + slope * (x - x0), 0);
    expect(root.textContent).toContain('Speed & <batch>');
  });

  it('draws nothing without points, and does not fail', () => {
    expect(claimSvg({ ...figure, series: [], marks: [] }).svg).toContain('<svg');
  });
});
