import { describe, expect, it } from 'vitest';
import type { Check, ClaimFigure } from '../../src/gallery/types';
import { claims } from '../../src/gallery/claims';
import { optimizerOf } from '../../src/optimizers/registry';
import { figureModel } from '../../src/ui/gallery/figure-model';
import { stripOf } from '../../src/ui/gallery/strip';
import { metricOf, placeOf, searchOf, searchWithMetric } from '../../src/ui/place-sync';
import { stops } from '../../src/ui/tour/stops';

describe('the address of a view', () => {
  it('holds the view beside other parameters, and needs none for the race', () => {
    expect(searchOf('batch', '?engine=cpu')).toBe('?engine=cpu&view=batch');
    expect(searchOf('race', '?view=gallery&engine=cpu')).toBe('?engine=cpu');
    expect(searchOf('race', '?view=gallery')).toBe('');
    expect(placeOf('?engine=cpu&view=gallery')).toBe('gallery');
    expect(placeOf('?view=nowhere')).toBe('race');
    expect(placeOf('')).toBe('race');
    expect(searchWithMetric('testAccuracy', '?view=sweep')).toBe('?view=sweep&metric=testAccuracy');
    expect(searchWithMetric('loss', '?metric=accuracy')).toBe('');
    expect(metricOf('?view=sweep&metric=testLoss')).toBe('testLoss');
    expect(metricOf('?metric=beauty')).toBe('loss');
  });
});

describe('the strip of a check', () => {
  const check = (measured: Check['measured'], predicted: number): Check => ({
    label: '',
    predicted,
    criterion: '',
    held: true,
    ...(measured ? { measured } : {}),
  });

  it('has the prediction in the middle and the whole interval inside', () => {
    const strip = stripOf(check({ value: 2, low: 1.5, high: 3, confidence: 0.99 }, 1), 100)!;
    expect(strip.predicted).toBe(50);
    expect(strip.high).toBe(95);
    expect(strip.value).toBeCloseTo(72.5);
    expect(strip.low).toBeCloseTo(61.25);
  });

  it('shows a small difference small, an endless interval to the end, and nothing for nothing', () => {
    expect(stripOf(check({ value: 1.001, low: 1, high: 1.002, confidence: 0.99 }, 1), 100)!.value).toBeCloseTo(50.45);
    const endless = { value: 1, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, confidence: 0.99 };
    expect(stripOf(check(endless, 0), 100)).toMatchObject({ low: 0, high: 100 });
    expect(stripOf(check(undefined, 1), 100)).toBeUndefined();
  });
});

describe('the picture of a claim', () => {
  const figure: ClaimFigure = {
    id: 'f',
    title: '',
    x: 'm',
    y: 'speed',
    series: [
      { label: 'SGD, measured', kind: 'measured', group: 0, points: [{ x: 1, y: 0.1, low: -0.1, high: 0.2 }] },
      {
        label: 'SGD, exact theory',
        kind: 'theory',
        group: 0,
        points: [
          { x: 1, y: 0.1 },
          { x: 10, y: 0.01 },
          { x: 100, y: 0 },
        ],
      },
      { label: 'measured', kind: 'measured', group: 1, points: [{ x: 100, y: Number.NaN }] },
    ],
    marks: [{ x: 10, label: 'κ' }],
  };
  const plot = { left: 50, top: 20, width: 400, height: 200 };
  const model = figureModel(figure, plot, 'light');

  it('gives measured points their intervals, cut at the edge where they reach zero', () => {
    const [point] = model.series[0]!.points;
    expect(point!.foot).toBe(220);
    expect(point!.top).toBeLessThan(point!.y);
  });

  it('draws what a logarithm has and leaves out the rest', () => {
    expect(model.series[1]!.path.match(/[ML]/g)).toEqual(['M', 'L']);
    expect(model.series[2]!.points).toEqual([]);
    expect(model.marks[0]!.x).toBeCloseTo(model.x.scale.toPixel(10));
  });

  it('wears the colours that optimizers have everywhere', () => {
    expect(model.series[0]!.colour).toBe(optimizerOf('sgd').colour.light);
    expect(model.series[1]!.colour).toBe(model.series[0]!.colour);
    expect(model.series[2]!.colour).toBe(optimizerOf('mass').colour.light);
  });
});

describe('the tour', () => {
  it('stops only at experiments that the gallery has', () => {
    const known = claims.flatMap((claim) => claim.documents().map(({ id }) => id));
    const named = stops.flatMap(({ document }) => document ?? []);
    expect(named.length).toBeGreaterThan(2);
    for (const id of named) expect(known).toContain(id);
  });
});
