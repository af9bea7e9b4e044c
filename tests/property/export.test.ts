import fc from 'fast-check';
import Papa from 'papaparse';
import { DOMParser } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import { ConfigError, type ExperimentConfig } from '../../src/experiment/config';
import { bandsOf, metricsIn, recordedOf, type RunCurve } from '../../src/experiment/curves';
import { curvesCsv } from '../../src/export/csv';
import type { ExportSource } from '../../src/export/dataset';
import { defaultView } from '../../src/export/figure/view';
import { metricName } from '../../src/export/figure/metrics';
import { curvesOf, parseDocument } from '../../src/export/import';
import { experimentJson, resultJson, toResult } from '../../src/export/json';
import { chartSvg } from '../../src/export/svg';
import { METRICS } from '../../src/problems/metrics';
import { experimentConfig, experimentWithCurves } from './arbitraries';

function sourceOf(config: ExperimentConfig, curves: readonly RunCurve[], epochRows?: number): ExportSource {
  return {
    config,
    runs: curves.map((curve, id) => ({ id, run: config.runs[id]!, curve, stale: false })),
    epochRows,
    engine: { engine: 'cpu', adapter: { vendor: '', architecture: '', description: 'float64' } },
  };
}

const on = (config: ExperimentConfig) => (_: unknown, k: number) => config.runs[k]!.enabled !== false;

describe('documents', () => {
  it('experiments come back exactly', () => {
    fc.assert(
      fc.property(experimentConfig, (config) => {
        expect(parseDocument(experimentJson(config))).toEqual({ kind: 'experiment', config });
      }),
    );
  });

  it('results come back exactly, and so do their curves', () => {
    fc.assert(
      fc.property(
        experimentWithCurves,
        fc.option(fc.integer({ min: 1, max: 1e6 }), { nil: undefined }),
        (made, rows) => {
          const source = sourceOf(made.config, made.curves, rows);
          const document = parseDocument(resultJson(source));
          expect(document).toEqual({ kind: 'result', result: toResult(source) });
          if (document.kind === 'result')
            expect(curvesOf(document.result)).toEqual(made.curves.filter(on(made.config)));
        },
      ),
    );
  });

  it('give a document or a ConfigError whatever is done to their text', () => {
    const edit = fc.tuple(
      fc.nat(),
      fc.integer({ min: 0, max: 6 }),
      fc.constantFrom('', '"', '{', ']', ',', '-', '0', 'e999', 'null', '[[', ':', '"version"'),
    );
    fc.assert(
      fc.property(experimentWithCurves, fc.array(edit, { minLength: 1, maxLength: 3 }), ({ config, curves }, edits) => {
        let text = resultJson(sourceOf(config, curves));
        for (const [at, cut, put] of edits) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + put + text.slice(place + cut);
        }
        try {
          const document = parseDocument(text);
          if (document.kind === 'result') curvesOf(document.result).forEach((curve) => bandsOf(curve));
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          expect((error as ConfigError).message).not.toBe('');
        }
      }),
    );
  });
});

describe('CSV', () => {
  it('parsed back is the curves, number by number', () => {
    fc.assert(
      fc.property(experimentWithCurves, ({ config, curves }) => {
        const source = sourceOf(config, curves, 64);
        const parse = (layout: 'points' | 'lanes') => {
          const { data, errors } = Papa.parse<Record<string, string>>(curvesCsv(source, layout), {
            header: true,
            skipEmptyLines: true,
          });
          expect(errors.filter(({ type }) => type !== 'Delimiter')).toEqual([]);
          return data;
        };
        const kept = curves.filter(on(config));
        const metrics = metricsIn(kept);
        const lanes = parse('lanes');
        const number = (cell: string | undefined) => (cell === '' || cell === undefined ? Number.NaN : Number(cell));
        let row = 0;
        for (const curve of kept)
          for (let lane = 0; lane < curve.lanes; lane++)
            curve.step.forEach((step, i) => {
              const cells = lanes[row++]!;
              expect(cells['optimizer']).toBe(curve.run.optimizer);
              expect(number(cells['batch (samples)'])).toBe(curve.run.batch);
              for (const [key, value] of Object.entries(curve.run.hyper)) expect(number(cells[key])).toBe(value);
              expect([number(cells['seed']), number(cells['step']), number(cells['samples'])]).toEqual([
                lane,
                step,
                step * curve.run.batch,
              ]);
              expect(number(cells['epochs'])).toBe(step * (curve.run.batch / 64));
              expect(number(cells['time (s)'])).toBe(curve.seconds[i]);
              for (const metric of metrics)
                expect(number(cells[metricName(metric, metrics)])).toBe(recordedOf(curve, metric)?.[i]![lane] ?? NaN);
            });
        expect(lanes).toHaveLength(row);
        const points = parse('points');
        for (const metric of metrics) {
          const medians = kept
            .flatMap((curve) => curve.step.map((_, i) => bandsOf(curve, metric).median[i] ?? NaN))
            .map((median) => (median === -Infinity ? NaN : median));
          const column = `median ${metricName(metric, metrics)}`;
          expect(points.map((cells) => number(cells[column]?.replace('inf', 'Infinity')))).toEqual(medians);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('SVG', () => {
  it('is valid XML with finite numbers for any experiment and view', () => {
    const view = fc.record({
      metric: fc.constantFrom(...METRICS),
      xAxis: fc.constantFrom('steps', 'samples', 'epochs', 'seconds'),
      logX: fc.boolean(),
      smoothing: fc.constantFrom(0, 0.3, 1),
      theory: fc.boolean(),
      guarantee: fc.boolean(),
      bands: fc.boolean(),
    });
    fc.assert(
      fc.property(experimentWithCurves, view, ({ config, curves }, patch) => {
        const styles = curves.map(() => ({ colour: '#000000', dash: undefined }));
        const { svg } = chartSvg({ source: sourceOf(config, curves, 7), view: { ...defaultView, ...patch }, styles });
        const problems: string[] = [];
        new DOMParser({ onError: (level, message) => problems.push(`${level}: ${message}`) }).parseFromString(
          svg,
          'image/svg+xml',
        );
        expect(problems).toEqual([]);
        expect(svg.replace(/<(desc|title|text|tspan)\b[^>]*>[^<]*/g, '').replace(/data-run="[^"]*"/g, '')).not.toMatch(
          /NaN|Infinity|undefined/,
        );
      }),
      { numRuns: 60 },
    );
  });
});
