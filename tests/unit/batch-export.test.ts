/** The batch-size study as files. */
import { DOMParser } from '@xmldom/xmldom';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../src/experiment/default';
import { batchCsv, batchJson, batchSvg, type BatchSource } from '../../src/export/batch';
import { exportFileName } from '../../src/export/filename';

const source: BatchSource = {
  config: defaultExperiment,
  constants: { L: 1, L1: 6, mu: 2 ** -9, kappaTilde: 6 },
  exact: [
    { optimizer: 'sgd', batch: 4, speed: 0.002 },
    { optimizer: 'sgd', batch: 1, speed: 0.001 },
    { optimizer: 'mass', batch: 1, speed: 0.01 },
  ],
  measured: [{ optimizer: 'mass', batch: 1, speed: 0.011, low: 0.009, high: 0.013, lanes: 16, steps: 400 }],
  unmeasured: [{ optimizer: 'sgd', batch: 4, reason: 'A measurement would take too long here.' }],
};

describe('the batch-size study', () => {
  it('is a table by optimizer and batch size', () => {
    const rows = Papa.parse<Record<string, string>>(batchCsv(source), { header: true, skipEmptyLines: true }).data;
    expect(rows.map((row) => [row['optimizer'], row['batch (samples)'], row['exact speed per step']])).toEqual([
      ['sgd', '1', '0.001'],
      ['sgd', '4', '0.002'],
      ['mass', '1', '0.01'],
    ]);
    expect(rows[1]).toMatchObject({ 'measured speed per step': '', note: 'A measurement would take too long here.' });
    expect(rows[2]).toMatchObject({ 'measured speed per step': '0.011', '95 % low': '0.009', lanes: '16' });
    // 1/κ with κ = L₁/μ = 3072 at batch 1.
    expect(Number(rows[0]!['guaranteed speed per step'])).toBeCloseTo(1 / 3072, 12);
  });

  it('is a document with the problem and the critical batch sizes', () => {
    expect(JSON.parse(batchJson(source))).toMatchObject({
      kind: 'batch-sizes',
      problem: defaultExperiment.problem,
      critical: { m1: 6, m2: 6 },
      points: [{ batch: 1 }, { batch: 4 }, { batch: 1, measured: { speed: 0.011, low: 0.009, high: 0.013 } }],
    });
  });

  it('is a picture with regimes, marks, lines of both optimizers and measured points', () => {
    const { svg } = batchSvg(source, { unit: 'step', colours: { sgd: '#111111', mass: '#222222' } });
    const problems: string[] = [];
    new DOMParser({ onError: (level, message) => problems.push(`${level}: ${message}`) }).parseFromString(
      svg,
      'image/svg+xml',
    );
    expect(problems).toEqual([]);
    for (const text of ['linear scaling', 'saturation', 'm₁* = m₂*', 'On this problem batches'])
      expect(svg).toContain(text);
    expect(svg.match(/data-guaranteed=/g)).toHaveLength(2);
    expect(svg.match(/data-exact=/g)).toHaveLength(2);
    expect(svg.match(/data-measured=/g)).toHaveLength(1);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    const perSample = batchSvg(source, { unit: 'sample', colours: { sgd: '#111111', mass: '#222222' } }).svg;
    expect(perSample).toContain('Speed per sample');
  });

  it('has files named after the problem', () => {
    expect(exportFileName(defaultExperiment, 'batch', 'csv')).toBe('batch-sizes-component-decoupled.csv');
  });
});
