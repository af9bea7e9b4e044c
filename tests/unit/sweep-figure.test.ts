import { describe, expect, it } from 'vitest';
import { axisTicks, cellAxis, cellPosition } from '../../src/export/sweep/axis';
import { colourScale, SHADES } from '../../src/export/sweep/colours';
import { CELL, readMaps, runAt } from '../../src/export/sweep/data';
import { rowTicks, sheetLayout } from '../../src/export/sweep/layout';
import type { Tick } from '../../src/export/figure/scale';
import { sweepMaps, sweepSize } from '../../src/export/sweep/maps';
import { formatTolerance, metricOf, metricsOf } from '../../src/export/sweep/metrics';
import { exactBest, optimalCurve, stabilityBoundary } from '../../src/export/sweep/theory';
import { winnerSentence } from '../../src/export/sweep/winner';
import { suggestedEta } from '../../src/theory/optimal';
import { mass, nesterov, sgd } from '../support/experiments';
import { swept } from '../support/sweeps';
import { constants, finished, gone, outcome } from './sweep-fakes';

describe('the maps of a sweep', () => {
  it('are one per run that differs off the axes', () => {
    const config = swept({ runs: [sgd(0.1), sgd(0.5, 8), nesterov(0.1, 0.5), nesterov(0.2, 0.9), mass()] });
    expect(sweepMaps(config, config.sweep, constants).map(({ label }) => label)).toEqual([
      'SGD',
      'Nesterov γ 0.5',
      'Nesterov γ 0.9',
      'MaSS',
    ]);
  });

  it('differ in the batch where that is no axis, and not in what the optimum replaces', () => {
    const runs = [sgd(0.1, 1), sgd(0.1, 8), mass(), { ...mass(), hyper: { eta: 0.3, alpha: 0.5, kappaTilde: 2 } }];
    const config = swept({ runs }, { y: { parameter: 'alpha', from: 0.01, to: 1, count: 3 } });
    expect(sweepMaps(config, config.sweep, constants)).toHaveLength(4);
    const optimal = { ...config.sweep, others: 'optimal' } as const;
    expect(sweepMaps(config, optimal, constants).map(({ label }) => label)).toEqual([
      'SGD batch 1',
      'SGD batch 8',
      'MaSS',
    ]);
    // Without the constants there is no optimum to take.
    expect(sweepMaps(config, optimal, undefined)).toHaveLength(4);
  });

  it('count lanes of cells that are one run once', () => {
    const config = swept({ seeds: 3, steps: 100 }, { y: { parameter: 'alpha', from: 0.01, to: 1, count: 4 } });
    const maps = sweepMaps(config, config.sweep, constants);
    // SGD has no α: three cells, not twelve.
    expect(sweepSize(config, config.sweep, maps)).toEqual({ maps: 2, x: 3, y: 4, lanes: 3 * (3 + 12), work: 4500 });
  });
});

describe('places on an axis', () => {
  it('are in the middle of a value’s own cell, spread as the axis is', () => {
    const eta = cellAxis({ parameter: 'eta', from: 0.01, to: 1, count: 3 });
    expect(eta.title).toBe('Step size η');
    [0.01, 0.1, 1].forEach((value, k) => {
      expect(cellPosition(eta, value)).toBeCloseTo(k + 0.5, 9);
    });
    expect(cellPosition(eta, Math.sqrt(0.001))).toBeCloseTo(1, 9);
    expect(cellPosition(eta, 5)).toBeUndefined();
    expect(cellPosition(eta, 1e-3)).toBeUndefined();
  });

  it('follow batches that were merged, and axes that fall', () => {
    const batch = cellAxis({ parameter: 'batch', from: 1, to: 8, count: 10 });
    batch.values.forEach((m, k) => {
      expect(cellPosition(batch, m)).toBeCloseTo(k + 0.5, 9);
    });
    const falling = cellAxis({ parameter: 'gamma', from: 0.99, to: 0, count: 5 });
    falling.values.forEach((value, k) => {
      expect(cellPosition(falling, value)).toBeCloseTo(k + 0.5, 9);
    });
  });

  it('are labelled at tidy values within the axis', () => {
    const batch = cellAxis({ parameter: 'batch', from: 1, to: 32, count: 11 });
    expect(axisTicks(batch, 9).map(({ label }) => label)).toEqual(['1', '2', '4', '8', '16', '32']);
    const gamma = cellAxis({ parameter: 'gamma', from: 0, to: 0.99, count: 8 });
    expect(axisTicks(gamma, 6).map(({ label }) => label)).toEqual(['0', '0.5', '0.9', '0.99']);
    const narrow = cellAxis({ parameter: 'batch', from: 5, to: 7, count: 3 });
    expect(axisTicks(narrow, 4).map(({ label }) => label)).toEqual(['5', '7']);
  });
});

describe('theory over a map', () => {
  it('puts the boundary halfway between stable and unstable cells, from edge to edge', () => {
    // The two upper rows of four are unstable.
    const radius = Float64Array.from({ length: 12 }, (_, k) => (k < 6 ? 0.9 : 1.5));
    const [line, ...more] = stabilityBoundary(radius, 3, 4);
    expect(more).toEqual([]);
    expect(line!.map(([, y]) => y)).toEqual(line!.map(() => 2));
    expect(line!.map(([x]) => x).sort()).toEqual([0, 0.5, 1.5, 2.5, 3]);
  });

  it('cuts corners where it climbs, and is absent on one side of 1 or where ρ is not known', () => {
    const lines = stabilityBoundary(Float64Array.from([0.9, 1.1, 0.9, 0.9]), 2, 2);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContainEqual([1, 0.5]);
    expect(lines[0]).toContainEqual([1.5, 1]);
    expect(stabilityBoundary(new Float64Array(4).fill(0.5), 2, 2)).toEqual([]);
    expect(stabilityBoundary(new Float64Array(4).fill(1.5), 2, 2)).toEqual([]);
    expect(stabilityBoundary(Float64Array.from([0.5, NaN, 1.5, 1.5]), 2, 2)).toEqual([]);
  });

  it('draws 1/L_m over the batch size, whichever way the axes lie', () => {
    const batch = cellAxis({ parameter: 'batch', from: 1, to: 16, count: 5 });
    const eta = cellAxis({ parameter: 'eta', from: 0.01, to: 1, count: 9 });
    const curve = optimalCurve('mass', constants, batch, eta);
    expect(curve[0]).toEqual([0.5, cellPosition(eta, suggestedEta(constants, 1))]);
    expect(curve.at(-1)).toEqual([4.5, cellPosition(eta, suggestedEta(constants, 16))]);
    expect(optimalCurve('mass', constants, eta, batch).map(([x, y]) => [y, x])).toEqual(curve);
    expect(optimalCurve('adam', constants, batch, eta)).toEqual([]);
    expect(optimalCurve('sgd', { L: 1, L1: 6, L1IsBound: true }, batch, eta)).toEqual([]);
  });

  it('marks the least ρ at each batch size', () => {
    const batch = cellAxis({ parameter: 'batch', from: 1, to: 2, count: 2 });
    const eta = cellAxis({ parameter: 'eta', from: 0.01, to: 1, count: 3 });
    const radius = Float64Array.from([0.9, 1.2, 0.8, 1.1, 0.95, 1.3]);
    // Every step size is unstable in the second column.
    expect(exactBest(radius, batch, eta)).toEqual([[0.5, 1.5]]);
    // Rows are batches here.
    expect(exactBest(radius, eta, batch)).toEqual([
      [2.5, 0.5],
      [1.5, 1.5],
    ]);
  });
});

describe('reading the maps', () => {
  const steps = metricOf('steps');

  it('tells values, cells without one, diverged and pending ones apart', () => {
    const data = finished(swept({ runs: [sgd()] }), (run, key) => {
      if (run.batch === 1) return gone(key);
      if (run.batch === 2) return outcome(key);
      return run.hyper['eta']! > 1
        ? undefined
        : outcome(key, { stepsToTolerance: 100 * run.hyper['eta']!, diverged: 1 });
    });
    const [map] = readMaps(data, steps);
    expect([...map!.kinds]).toEqual(
      [1, 1, 1, 2, 2, 2, 3, 3, 0].map((k) => [CELL.pending, CELL.diverged, CELL.missing, CELL.value][k]),
    );
    expect([...map!.risky]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 0]);
    expect(map).toMatchObject({ finished: 8, diverged: 3, best: { x: 0, y: 2, value: 2, ties: 1 } });
    expect(runAt(data, map!.best!)).toEqual(sgd(0.02, 4));
  });

  it('prefers, among equals, fewer diverged lanes, then the smaller batch', () => {
    const data = finished(swept({ runs: [sgd()] }), (run, key) =>
      outcome(key, { stepsToTolerance: 100, diverged: run.hyper['eta']! > 1 ? 0 : 1 }),
    );
    expect(readMaps(data, steps)[0]!.best).toMatchObject({ x: 2, y: 0, ties: 9 });
  });

  it('colours the better the brighter, in all maps by one scale', () => {
    const scale = colourScale([{ values: [100, 1000, NaN] }, { values: [10_000] }], steps)!;
    expect([100, 1000, 10_000].map(scale.shade)).toEqual([SHADES - 1, Math.round((SHADES - 1) / 2), 0]);
    const rates = colourScale([{ values: [1e-9, 0.1, 1, -0.5] }], metricOf('rate'))!;
    expect([-0.5, 1e-9, 1e-4, 1].map(rates.shade)).toEqual([0, 0, 0, SHADES - 1]);
    expect(colourScale([{ values: [NaN] }], steps)).toBeUndefined();
    expect(colourScale([{ values: [7, 7] }], steps)!.shade(7)).toBe(SHADES - 1);
  });

  it('lays five maps out in rows of three and two, and in a column on a phone', () => {
    const wide = sheetLayout(5, 1000);
    expect(wide.panels.map(({ labelledX, labelledY }) => [labelledX, labelledY])).toEqual([
      [false, true],
      [false, false],
      [true, false],
      [true, true],
      [true, false],
    ]);
    const phone = sheetLayout(5, 332);
    expect(
      phone.panels.every(({ labelledX, labelledY, plot }) => labelledX && labelledY && plot.left + plot.width <= 332),
    ).toBe(true);
    expect(sheetLayout(0, 332).panels).toEqual([]);
  });

  it.each([
    { parameter: 'alpha', from: 1e-4, to: 1, count: 9 },
    { parameter: 'epsilon', from: 1.2e-7, to: 1.3e-7, count: 5 },
    { parameter: 'eta', from: 0.000123, to: 0.000124, count: 4 },
  ])('leaves the labels of $parameter from $from room beside the maps', (axis) => {
    const y = cellAxis(axis);
    const width = (label: Tick['label']) => 6 * (typeof label === 'string' ? label : `10${label.exponent}`).length;
    for (const sheet of [332, 1000]) {
      const { panels } = sheetLayout(5, sheet, y);
      for (const { plot } of panels.filter(({ labelledY }) => labelledY)) {
        for (const { label } of axisTicks(y, rowTicks(plot))) expect(width(label)).toBeLessThanOrEqual(plot.left - 7);
        expect(plot.left + plot.width).toBeLessThanOrEqual(sheet);
      }
    }
    expect(sheetLayout(5, 1000, cellAxis({ ...axis, from: 0.1, to: 1 }))).toEqual(sheetLayout(5, 1000));
  });
});

describe('the sentence', () => {
  const steps = metricOf('steps');
  const says = (data: ReturnType<typeof finished>, metric = steps) =>
    winnerSentence(data, metric, readMaps(data, metric));
  const runs = [sgd(), nesterov(), mass()];

  it('names the winner, its cell, and by how much', () => {
    const best = { sgd: 1000, nesterov: 400, mass: 200, 'heavy-ball': 0, adam: 0 };
    const data = finished(swept({ runs }), (run, key) =>
      outcome(key, {
        stepsToTolerance:
          best[run.optimizer] * (run.batch === 4 && run.hyper['eta']! < 1 ? 1 : 2) * (run.hyper['eta']! < 0.1 ? 3 : 1),
      }),
    );
    expect(says(data)).toBe(
      'MaSS at η = 0.2, m = 4 reaches 0.01 in 200 steps: 2.0 × fewer than the best Nesterov cell, 5.0 × fewer than the best SGD cell.',
    );
  });

  it('is honest about ties, between maps and within one', () => {
    const tied = finished(swept({ runs }), (run, key) =>
      outcome(key, { stepsToTolerance: run.optimizer === 'sgd' ? 300 : 200 }),
    );
    expect(says(tied)).toBe('Nesterov and MaSS are level: at their best they reach 0.01 in 200 steps.');
    const alone = finished(swept({ runs: [sgd()] }), (_, key) => outcome(key, { stepsToTolerance: 300 }));
    expect(says(alone)).toBe('SGD at η = 0.02, m = 1 reaches 0.01 in 300 steps (as do 8 other cells).');
  });

  it('says who has no such cell', () => {
    const data = finished(swept({ runs }), (run, key) =>
      run.optimizer === 'mass'
        ? outcome(key, { stepsToTolerance: 100 + run.batch })
        : run.optimizer === 'sgd'
          ? outcome(key)
          : gone(key),
    );
    expect(says(data)).toBe(
      'MaSS at η = 0.02, m = 1 reaches 0.01 in 101 steps (as do 2 other cells); SGD and Nesterov in no cell.',
    );
  });

  it('says so when none arrives, and when all diverge', () => {
    const none = finished(swept({ runs }), (run, key) =>
      outcome(key, { loss: { median: run.hyper['eta']! * run.batch, low: 0, high: 9 }, start: 2 }),
    );
    expect(says(none)).toMatch(
      /^No cell reaches 0\.01 within 300 steps\. The closest, \w+ at η = 0\.02, m = 1, comes down to 0\.0100 of its start\.$/,
    );
    expect(says(finished(swept({ runs }), (_, key) => gone(key)))).toBe('Every cell diverged.');
    expect(says(finished(swept({ runs }), () => undefined))).toBe('');
  });

  it('says what it knows so far', () => {
    const data = finished(swept({ runs: [sgd(), mass()] }), (run, key) =>
      run.optimizer === 'sgd' && run.batch === 2 ? outcome(key, { rate: 0.02 * run.hyper['eta']! }) : undefined,
    );
    expect(says(data, metricOf('rate'))).toBe('So far: SGD at η = 2, m = 2 falls at a rate of 0.0400 per step.');
    expect(says(data)).toMatch(/^So far: no cell/);
  });

  it('writes tolerances as people do', () => {
    expect([1e-6, 2.5e-7, 0.01, 0.05, 1].map(formatTolerance)).toEqual(['10⁻⁶', '2.5×10⁻⁷', '0.01', '0.05', '1']);
  });
});

describe('a sweep of networks', () => {
  const config = swept();
  const accuracies = [0.5, 0.875, 0.9, 0.6];
  const data = finished(config, (_, key) => {
    const testAccuracy = accuracies[key.length % accuracies.length]!;
    return outcome(key, { side: { testLoss: 1 - testAccuracy, testAccuracy } });
  });

  it('offers what was recorded of the test rows, and no other does', () => {
    expect(metricsOf(data.outcomes.values()).map(({ id }) => id)).toContain('testAccuracy');
    const linear = finished(config, (_, key) => outcome(key));
    expect(metricsOf(linear.outcomes.values()).map(({ id }) => id)).toEqual(['steps', 'samples', 'rate', 'loss']);
    expect(metricsOf([])).toHaveLength(4);
  });

  it('spreads colours evenly over accuracies', () => {
    const scale = colourScale([{ values: [0, 0.25, 1] }], metricOf('testAccuracy'))!;
    expect([0, 0.25, 1].map(scale.position)).toEqual([0, 0.25, 1]);
    expect(scale.ticks(2).map(({ label }) => label)).toContain('50 %');
  });

  it('names the winner in per cent', () => {
    const metric = metricOf('testAccuracy');
    expect(winnerSentence(data, metric, readMaps(data, metric))).toMatch(/at a test accuracy of \d[\d.]* %/);
  });
});
