import { DOMParser } from '@xmldom/xmldom';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { sweepResultSchema } from '../../src/experiment/sweep-result';
import { exportFileName } from '../../src/export/filename';
import { sweepCsv } from '../../src/export/sweep/csv';
import { metricOf } from '../../src/export/sweep/metrics';
import { sweepJson, sweepResult } from '../../src/export/sweep/result';
import { sweepSvg } from '../../src/export/sweep/svg';
import { mass, sgd } from '../support/experiments';
import { swept } from '../support/sweeps';
import { finished, gone, outcome } from './sweep-fakes';

const engine = { engine: 'webgpu', adapter: { vendor: 'acme', architecture: 'x1', description: '' } } as const;
const config = swept({ runs: [sgd(), { ...mass(), label: '=evil & <b>' }] });
const data = finished(
  config,
  (run, key) =>
    run.hyper['eta']! > 1
      ? gone(key, 8)
      : outcome(key, {
          stepsToTolerance: 100 * run.batch + 0.1,
          loss: { median: 1 / 3, low: 1e-38, high: Infinity },
          diverged: run.batch === 4 ? 1 : 0,
          ...(run.batch === 4 ? { divergedAt: 70 } : {}),
        }),
  (run) => run.hyper['eta']!,
);

describe('a sweep as CSV', () => {
  it('has a row per finished cell, and numbers that come back exactly', () => {
    const rows = Papa.parse<Record<string, string>>(sweepCsv(sweepResult({ data, engine })), {
      header: true,
      skipEmptyLines: true,
    }).data;
    expect(rows).toHaveLength(18);
    const first = rows[0]!;
    expect(first).toMatchObject({
      map: 'SGD',
      optimizer: 'sgd',
      eta: '0.02',
      alpha: '',
      'batch (samples)': '1',
      lanes: '3',
    });
    expect(Number(first['median of last loss'])).toBe(1 / 3);
    expect(Number(first['steps to tolerance'])).toBe(100.1);
    expect(first['90 % quantile of last loss']).toBe('inf');
    expect(rows[2]).toMatchObject({
      'diverged lanes': '3',
      'first diverged at step': '8',
      'median of last loss': 'inf',
      'rate (per step)': '',
      'spectral radius': '2',
    });
    expect(rows[9]!['map']).toBe("'=evil & <b>");
  });

  it('leaves out what is not computed', () => {
    const half = finished(config, (run, key) => (run.batch === 1 ? outcome(key) : undefined));
    expect(
      sweepCsv(sweepResult({ data: half, engine }))
        .trim()
        .split('\r\n'),
    ).toHaveLength(1 + 6);
  });
});

describe('a sweep as JSON', () => {
  it('is the document that the command line writes', () => {
    const document = JSON.parse(sweepJson({ data, engine })) as unknown;
    expect(sweepResultSchema.parse(document)).toEqual(sweepResult({ data, engine }));
    expect(sweepResult({ data, engine }).maps[1]!.cells[8]).toMatchObject({
      batch: 4,
      hyper: { eta: 2, alpha: 0.3, kappaTilde: 6 },
      loss: { median: null },
    });
  });

  it('has null for cells that are not computed', () => {
    const half = finished(config, (run, key) => (run.batch === 1 ? outcome(key) : undefined));
    expect(sweepResult({ data: half, engine }).maps[0]!.cells.map((cell) => cell?.batch ?? null)).toEqual([
      1,
      1,
      1,
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('a sweep as SVG', () => {
  it('is well-formed and has every map, the axes, the sentence, the legend and the credits', () => {
    for (const id of ['steps', 'samples', 'rate', 'loss'] as const) {
      const { svg, width, height } = sweepSvg({ data, engine, metric: metricOf(id) });
      const document = new DOMParser({
        onError: (level, message) => {
          throw new Error(`${level}: ${message}`);
        },
      }).parseFromString(svg, 'image/svg+xml');
      const text = document.documentElement!.textContent!;
      for (const part of [
        'SGD',
        '=evil & <b>',
        'Step size η',
        'Batch size m',
        'best cell',
        'ρ = 1',
        'acme x1',
        '3 seeds per cell',
      ])
        expect(text, id).toContain(part);
      expect(svg).toContain(`viewBox="0 0 ${width} ${height}"`);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('stays small with many cells', () => {
    const many = swept(
      { runs: [sgd(), mass()] },
      {
        x: { parameter: 'eta', from: 0.01, to: 1, count: 64 },
        y: { parameter: 'batch', from: 1, to: 4096, count: 64 },
      },
    );
    const full = finished(many, (run, key) => outcome(key, { stepsToTolerance: 1 + run.batch * run.hyper['eta']! }));
    expect(sweepSvg({ data: full, engine, metric: metricOf('steps') }).svg.length).toBeLessThan(600_000);
  });
});

it('sweeps have file names of their own', () => {
  expect(exportFileName(config, 'maps', 'svg')).toBe('sweep-component-decoupled-sgd-mass-maps.svg');
});
