import { DOMParser } from '@xmldom/xmldom';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/experiment/config';
import { defaultExperiment } from '../../src/experiment/default';
import { resultSchema } from '../../src/experiment/result';
import { curvesCsv } from '../../src/export/csv';
import { defaultView } from '../../src/export/figure/view';
import { exportFileName } from '../../src/export/filename';
import { parseDocument } from '../../src/export/import';
import { experimentJson, prettyJson, toResult } from '../../src/export/json';
import { chartSvg } from '../../src/export/svg';
import { titleOf } from '../../src/problems/registry';
import { escapeXml } from '../../src/export/xml';
import { curveThrough, exportSource, greyStyles, mass, nesterov, sgd } from './chart-support';

describe('curvesCsv', () => {
  it('has a header with units and one row per point and lane', () => {
    const source = exportSource(
      [curveThrough([1, 0.5], { ...sgd, batch: 4 }), curveThrough([1, 30, NaN], nesterov)],
      8,
    );
    expect(curvesCsv(source, 'lanes').split('\r\n')).toEqual([
      'run,optimizer,batch (samples),eta,gamma,seed,step,samples,epochs,time (s),loss,outcome,expected loss',
      'SGD,sgd,4,0.16666666666666666,,0,0,0,0,0,1,completed,',
      'SGD,sgd,4,0.16666666666666666,,0,1,4,0.5,0.01,0.5,completed,',
      'Nesterov,nesterov,1,0.16666666666666666,0.9,0,0,0,0,0,1,diverged at step 2,',
      'Nesterov,nesterov,1,0.16666666666666666,0.9,0,1,1,0.125,0.01,30,diverged at step 2,',
      'Nesterov,nesterov,1,0.16666666666666666,0.9,0,2,2,0.25,0.02,,diverged at step 2,',
      '',
    ]);
  });

  it('has one row per point with quantiles, infinite ones as inf', () => {
    const rows = Papa.parse<Record<string, string>>(curvesCsv(exportSource([curveThrough([1, NaN])]), 'points'), {
      header: true,
      skipEmptyLines: true,
    }).data;
    expect(rows.map((row) => [row['median loss'], row['finite lanes'], row['loss of seed 0']])).toEqual([
      ['1', '1', '1'],
      ['inf', '0', ''],
    ]);
  });

  it('has the exact expectation beside the losses, in both layouts', () => {
    const curve = curveThrough([1, 0.5, 0.25]);
    curve.theory = { expected: { step: [0, 2], loss: Float64Array.from([1, Infinity]) } };
    const columns = (layout: 'points' | 'lanes') =>
      Papa.parse<Record<string, string>>(curvesCsv(exportSource([curve, curveThrough([1], mass)]), layout), {
        header: true,
        skipEmptyLines: true,
      }).data.map((row) => row['expected loss']);
    expect(columns('points')).toEqual(['1', '', 'inf', '']);
    expect(columns('lanes')).toEqual(['1', '', 'inf', '']);
    curve.theory = { expected: { step: [0, 1, 2], loss: Float64Array.from([1, 0.6, 0.3]) } };
    expect(columns('points')).toEqual(['1', '0.6', '0.3', '']);
  });

  it('leaves out what was computed for an earlier setting, and runs that are off', () => {
    const source = exportSource([curveThrough([1]), curveThrough([1], mass), curveThrough([1], nesterov)]);
    const runs = source.runs.map((entry, k) => ({
      ...entry,
      stale: k === 0,
      run: k === 1 ? { ...entry.run, enabled: false } : entry.run,
    }));
    const lines = curvesCsv({ ...source, runs }, 'lanes')
      .trim()
      .split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^Nesterov,/);
  });

  it('does not hand formulas to spreadsheets', () => {
    const label = '=HYPERLINK("http://example.org")';
    expect(curvesCsv(exportSource([curveThrough([1], { ...sgd, label })]), 'lanes')).toContain(`"'=HYPERLINK(`);
  });
});

describe('JSON', () => {
  it('is a valid result with null for losses that are gone', () => {
    const result = toResult(exportSource([curveThrough([1, 30, NaN], nesterov)], 12));
    expect(resultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
    expect(result.runs[0]!.lanes[0]).toEqual({
      seed: 0,
      outcome: { kind: 'diverged', step: 2, lastFiniteLoss: 30 },
      loss: [1, 30, null],
    });
    expect(result.epochRows).toBe(12);
  });

  it('is written readably, lists of numbers on one line', () => {
    expect(prettyJson({ a: [1, 2], b: [{ c: 'x' }], d: {}, e: undefined })).toBe(
      '{\n  "a": [1,2],\n  "b": [\n    {\n      "c": "x"\n    }\n  ],\n  "d": {}\n}\n',
    );
  });
});

describe('parseDocument', () => {
  const experiment = experimentJson(defaultExperiment);
  const result = JSON.stringify(toResult(exportSource([curveThrough([1, 0.5])])));
  const broken = (change: (document: Record<string, never>) => void, text = result) => {
    const document = JSON.parse(text) as Record<string, never>;
    change(document);
    return JSON.stringify(document);
  };
  type Loose = Record<string, Record<string, Record<string, unknown>>>;

  it('tells experiments from results, with or without a byte order mark', () => {
    expect(parseDocument(`\uFEFF${experiment}`)).toEqual({ kind: 'experiment', config: defaultExperiment });
    expect(parseDocument(result).kind).toBe('result');
  });

  it.each([
    ['', 'the file is empty'],
    ['{"version": 1,\n  oops}', 'is not JSON (line 2, column 3)'],
    ['[1]', 'expected an object, found a list'],
    ['null', 'expected an object, found null'],
    ['{}', 'version: is missing'],
    ['{"version": 7}', 'version: 7 is newer than this page knows (1)'],
    ['{"version": "1"}', 'version: "1" is not a version this page knows (1)'],
    ['{"version": 1}', 'problem'],
    [broken((d) => Object.assign(d, { version: 2 })), 'version: 2 is newer'],
    [broken((d) => Object.assign(d['config']!, { version: 3 })), 'config.version: 3 is newer'],
    [broken((d) => Object.assign(d['config']!, { steps: -1 })), 'config.steps: '],
    [broken((d) => Object.assign(d, { config: 5 })), 'config: '],
    [
      broken((d) => Object.assign((d as unknown as Loose)['runs']![0]!, { step: [1, 1] })),
      'runs[0].step[1]: must be above 1',
    ],
    [
      broken((d) => Object.assign((d as unknown as Loose)['runs']![0]!, { seconds: [1, 0] })),
      'runs[0].seconds[1]: must be at least 1',
    ],
    [
      broken((d) => Object.assign((d as unknown as Loose)['runs']![0]!, { seconds: [1] })),
      'runs[0].seconds: must have one entry',
    ],
    [
      broken((d) => Object.assign((d as unknown as Loose)['runs']![0]!, { lanes: [] })),
      'runs[0].lanes: must have at least one lane',
    ],
    [result.replace('"loss":[1,0.5]', '"loss":[1,-0.5]'), 'runs[0].lanes[0].loss[1]: must be at least 0'],
    [result.replace('"loss":[1,0.5]', '"loss":[1]'), 'runs[0].lanes[0].loss: must have one entry'],
  ])('names the place: %#', (text, message) => {
    expect(() => parseDocument(text)).toThrow(ConfigError);
    expect(() => parseDocument(text)).toThrow(message);
  });
});

describe('chartSvg', () => {
  const curves = [
    curveThrough([1, 0.1, 0.01, 0.001], { ...sgd, label: 'a < b & "c" \u0000 κ̃' }),
    curveThrough([1, 50, NaN], nesterov),
    curveThrough([1, 1e-4, 0, 0], mass),
  ];
  const draw = (patch = {}) =>
    chartSvg({
      source: exportSource(curves),
      view: { ...defaultView, ...patch },
      styles: greyStyles(3),
      fontFaces: '@font-face{a:b}',
    });
  const parse = (svg: string) => {
    const problems: string[] = [];
    const document = new DOMParser({
      onError: (level, message) => problems.push(`${level}: ${message}`),
    }).parseFromString(svg, 'image/svg+xml');
    expect(problems).toEqual([]);
    return document;
  };

  it('is valid XML with size, title, description, fonts, background and a line per run', () => {
    const { svg, width, height } = draw();
    const document = parse(svg);
    const root = document.documentElement!;
    expect([root.tagName, root.getAttribute('width'), root.getAttribute('height')]).toEqual([
      'svg',
      String(width),
      String(height),
    ]);
    expect(root.getAttribute('viewBox')).toBe(`0 0 ${width} ${height}`);
    expect(document.getElementsByTagName('title')[0]!.textContent).toBe('Component-decoupled stream, 2 dimensions');
    expect(document.getElementsByTagName('desc')[0]!.textContent).toContain('Nesterov: 1 of 1 lanes diverged');
    expect(document.getElementsByTagName('style')[0]!.textContent).toContain('@font-face{a:b}');
    expect(document.getElementsByTagName('rect')[0]!.getAttribute('fill')).toBe('#ffffff');
    const lines = [...document.getElementsByTagName('path')].filter((path) => path.getAttribute('data-run'));
    expect(lines.map((path) => path.getAttribute('data-run'))).toEqual(['a < b & "c"  κ̃', 'Nesterov', 'MaSS']);
    expect(root.textContent).toContain('η 0.1667, α 0.05, κ̃ 3, batch 1');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('follows the view', () => {
    const hidden = parse(draw({ hidden: new Set([0, 1]) }).svg);
    expect([...hidden.getElementsByTagName('path')].filter((path) => path.getAttribute('data-run'))).toHaveLength(1);
    expect(draw({ xAxis: 'samples', logX: true }).svg).toContain('Samples seen, log scale without 0');
  });

  it('can be drawn without a single curve', () => {
    const { svg } = chartSvg({
      source: { ...exportSource([]), config: defaultExperiment },
      view: defaultView,
      styles: [],
    });
    parse(svg);
  });

  it('names the problem', () => {
    expect(titleOf({ kind: 'gaussian', spectrum: { power: { dimension: 300, exponent: 1 } }, rows: 2000 })).toBe(
      'Gaussian, 300 dimensions, 2,000 rows',
    );
    expect(
      titleOf({
        kind: 'linear-regression',
        dataset: { files: ['images.gz', 'labels.gz'] },
        target: { oneVersusRest: 3 },
        scaling: 'unit',
        intercept: true,
      }),
    ).toBe('Linear regression on images.gz + labels.gz, 3 against the rest');
  });
});

describe('escapeXml', () => {
  it('escapes markup and drops what XML forbids', () => {
    expect(escapeXml(`<a & 'b' "c">\u0000\u000B\uFFFF\uD800`)).toBe('&lt;a &amp; &#39;b&#39; &quot;c&quot;&gt;');
    expect(escapeXml('😀 κ̃\n')).toBe('😀 κ̃\n');
  });
});

describe('exportFileName', () => {
  it('says what is inside', () => {
    expect(exportFileName(defaultExperiment, 'chart', 'svg')).toBe(
      'race-component-decoupled-sgd-heavy-ball-nesterov-mass-adam-chart.svg',
    );
  });
});
