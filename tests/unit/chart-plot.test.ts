/** Margins, ticks and names of a chart whose text is larger or smaller than usual. */
import { describe, expect, it } from 'vitest';
import { batchModel } from '../../src/export/figure/batch';
import { chartModel } from '../../src/export/figure/model';
import { placeLabels, textWidth } from '../../src/export/figure/place-labels';
import { plotIn, ticksAcross, ticksUp, xAxisHeight } from '../../src/export/figure/plot';
import { defaultView } from '../../src/export/figure/view';
import { chartRuns, curveThrough, heavyBall, nesterov } from './chart-support';

const usual = { width: 800, height: 400, left: 52, right: 120, textScale: 1 };

describe('plotIn', () => {
  it('leaves room for axes and labels, in proportion to the text', () => {
    const plot = plotIn(usual);
    const large = plotIn({ ...usual, textScale: 1.5 });
    expect(plot).toMatchObject({ left: 52, width: 800 - 52 - 120 });
    expect(plot.top).toBeGreaterThan(12);
    expect(plot.top + plot.height + xAxisHeight(plot)).toBe(400);
    expect(large.left).toBe(1.5 * plot.left);
    expect(large.top).toBe(1.5 * plot.top);
    expect(800 - large.left - large.width).toBe(1.5 * 120);
    expect(large.top + large.height + xAxisHeight(large)).toBe(400);
    expect(xAxisHeight(large)).toBe(1.5 * xAxisHeight(plot));
  });

  it('in a picture as much larger as its text is the same plot, enlarged', () => {
    const plot = plotIn(usual);
    const large = plotIn({ ...usual, width: 1600, height: 800, textScale: 2 });
    for (const side of ['left', 'top', 'width', 'height'] as const) expect(large[side]).toBe(2 * plot[side]);
    expect([ticksAcross(large), ticksUp(large)]).toEqual([ticksAcross(plot), ticksUp(plot)]);
  });

  it('has some extent in a picture that is too small', () => {
    const { width, height } = plotIn({ ...usual, width: 60, height: 20, textScale: 1.5 });
    expect(Math.min(width, height)).toBeGreaterThan(0);
  });
});

describe('larger text', () => {
  const curves = [
    curveThrough([1, 1, 1, 1, 1, 1e-3]),
    curveThrough([1, 1, 1, 1, 1, 1.01e-3], heavyBall),
    curveThrough([1, 20, Number.NaN], nesterov),
  ];
  const at = (textScale: number) =>
    chartModel({
      runs: chartRuns(curves),
      version: 0,
      view: defaultView,
      plot: plotIn({ ...usual, textScale }),
      epochRows: undefined,
      steps: 5,
    });

  it('gets fewer ticks', () => {
    const [normal, large] = [at(1), at(2)];
    expect(large.x.ticks.length).toBeLessThan(normal.x.ticks.length);
    expect(large.y.ticks.length).toBeLessThan(normal.y.ticks.length);
    const constants = { L1: 6, L: 1, mu: 2 ** -9, kappaTilde: 6 };
    const batch = (textScale: number) => batchModel(constants, [], [], 'step', plotIn({ ...usual, textScale }));
    expect(batch(2).y.ticks.length).toBeLessThan(batch(1).y.ticks.length);
  });

  it('moves names apart and further from their marks, and they end inside the picture', () => {
    const [normal, large] = [at(1), at(1.5)].map((model) => placeLabels(model, usual.width, false)) as [
      ReturnType<typeof placeLabels>,
      ReturnType<typeof placeLabels>,
    ];
    const named = (labels: typeof normal, name: string) => labels.find((label) => label.name === name)!;
    const apart = (labels: typeof normal) => Math.abs(named(labels, 'SGD').y - named(labels, 'Heavy ball').y);
    expect(apart(large)).toBeCloseTo(1.5 * apart(normal), 9);
    const gap = ({ x, mark }: (typeof normal)[number]) => Math.abs(x - mark.x);
    expect(gap(named(large, 'SGD'))).toBeCloseTo(1.5 * gap(named(normal, 'SGD')), 9);
    for (const { x, anchor, name, remark } of large) {
      const length = 1.5 * textWidth([name, remark].filter(Boolean).join('  '));
      if (anchor === 'start') expect(x + length).toBeLessThanOrEqual(usual.width);
      else expect(x - length).toBeGreaterThanOrEqual(1.5 * usual.left);
    }
    expect(large.map(({ name }) => name).sort()).toEqual(['Heavy ball', 'Nesterov', 'SGD']);
  });
});
