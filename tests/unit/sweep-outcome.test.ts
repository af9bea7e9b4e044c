import { describe, expect, it } from 'vitest';
import { cellResult } from '../../src/engine/sweep/cell-result';
import { CellCurve } from '../../src/engine/sweep/outcome';
import { SweepMeter } from '../../src/engine/sweep/meter';
import type { LaneGroup } from '../../src/engine/lane-group';
import type { LaneOutcome } from '../../src/experiment/result';

const rules = { arrival: 0.01, floor: 1e-12 };
const completed: LaneOutcome = { kind: 'completed' };
const diverged = (step: number): LaneOutcome => ({ kind: 'diverged', step, lastFiniteLoss: 1 });

/** The outcome of lanes whose losses are functions of the step. */
function outcome(step: readonly number[], lanes: readonly ((t: number) => number)[], outcomes: readonly LaneOutcome[]) {
  const curve = new CellCurve();
  // In two parts, as they come in.
  for (const part of [step.slice(0, 3), step.slice(3)])
    curve.add(part, Float64Array.from(part.flatMap((t) => lanes.map((lane) => lane(t)))), outcomes);
  return curve.outcome('key', rules);
}

const steps = Array.from({ length: 21 }, (_, k) => 10 * k);
const decay = (rate: number) => (t: number) => Math.exp(-rate * t);

describe('what a cell came to', () => {
  it('are medians and bands over its lanes', () => {
    const rates = [0.02, 0.03, 0.05];
    const found = outcome(steps, rates.map(decay), [completed, completed, completed]);
    expect(found).toMatchObject({ key: 'key', lanes: 3, diverged: 0, start: 1, steps: 200 });
    expect(found.loss.median).toBeCloseTo(Math.exp(-6), 12);
    expect(found.loss.low).toBeLessThan(found.loss.median);
    expect(found.loss.high).toBeLessThan(Math.exp(-4));
    expect(found.rate).toBeCloseTo(0.03, 12);
    // ln 100 / 0.03 = 153.5
    expect(found.stepsToTolerance).toBe(160);
    expect(found).not.toHaveProperty('divergedAt');
  });

  it('has the medians of what else was recorded last, of a diverged lane the worst', () => {
    const after = (outcomes: readonly LaneOutcome[]) => {
      const curve = new CellCurve();
      const add = (step: number, accuracies: readonly number[]) => {
        const testAccuracy = Float64Array.from(accuracies);
        curve.add([step], testAccuracy, outcomes, { testAccuracy, testLoss: testAccuracy.map((value) => 1 - value) });
      };
      add(0, [0.5, 0.5, 0.5]);
      add(10, [0.7, 0.75, 0.8]);
      add(20, [0.875, 0.9, Number.NaN]);
      return curve.outcome('key', rules);
    };
    const converged: LaneOutcome = { kind: 'converged', step: 10, loss: 0.2 };
    const { side } = after([completed, completed, converged]);
    expect(side).toEqual({ testLoss: 1 - 0.875, testAccuracy: 0.875 });
    expect(
      cellResult({ optimizer: 'sgd', batch: 1, hyper: {} }, after([completed, diverged(20), diverged(20)])),
    ).toMatchObject({
      testAccuracy: null,
      testLoss: null,
    });
    expect(outcome(steps, [decay(0.1)], [completed])).not.toHaveProperty('side');
  });

  it('reads the rate from the later half, above the floor', () => {
    const bent = (t: number) => (t < 90 ? Math.exp(-t) : Math.exp(-90 - 0.01 * (t - 90)));
    expect(outcome(steps, [(t) => bent(t) * 1e30], [completed]).rate).toBeCloseTo(0.01, 9);
    const floored = (t: number) => Math.max(Math.exp(-0.2 * t), 1e-13);
    expect(outcome(steps, [floored], [completed]).rate).toBeCloseTo(0.2, 9);
    // Too few points above the floor.
    expect(outcome(steps, [(t) => (t === 0 ? 1 : 0)], [completed])).not.toHaveProperty('rate');
  });

  it('counts diverged lanes as infinite', () => {
    const wild = (t: number) => (t < 60 ? Math.exp(0.1 * t) : t === 60 ? Infinity : NaN);
    const half = outcome(steps, [decay(0.1), wild], [completed, diverged(60)]);
    expect(half).toMatchObject({ diverged: 1, divergedAt: 60, steps: 200 });
    expect(half.loss).toEqual({ median: Infinity, low: Infinity, high: Infinity });
    expect(half).not.toHaveProperty('stepsToTolerance');
    const one = outcome(steps, [decay(0.1), decay(0.1), wild], [completed, completed, diverged(60)]);
    expect(one.loss.median).toBeCloseTo(Math.exp(-20), 15);
    expect(one.loss.high).toBe(Infinity);
    expect(one.stepsToTolerance).toBe(50);
    expect(one.rate).toBeCloseTo(0.1, 9);
    // A lane that is gone at once has no rate that is a number.
    const gone = outcome(steps, [(t) => (t === 0 ? 1 : NaN)], [diverged(10)]);
    expect(gone).toMatchObject({ steps: 10, divergedAt: 10 });
    expect(gone).not.toHaveProperty('rate');
    expect(outcome(steps, [wild], [diverged(60)]).rate).toBeCloseTo(-0.1, 9);
  });

  it('keeps the last loss of lanes that arrived and ended', () => {
    const arrived = (t: number) => (t <= 50 ? Math.exp(-0.1 * t) : NaN);
    const found = outcome(steps, [arrived], [{ kind: 'converged', step: 50, loss: Math.exp(-5) }]);
    expect(found).toMatchObject({ stepsToTolerance: 50, steps: 50, diverged: 0 });
    expect(found.loss.median).toBe(Math.exp(-5));
  });
});

describe('the progress of a sweep', () => {
  const group = (keys: readonly string[], done: number, total: number) =>
    ({ laneSteps: { done, total }, runs: keys.map((key) => ({ key })) }) as unknown as LaneGroup;

  it('weighs cells by their work, and never steps back', () => {
    const meter = new SweepMeter();
    meter.add('a', 10);
    meter.add('b', 30);
    meter.add('c', 60);
    meter.tell('a');
    meter.tell('unknown');
    meter.begin();
    expect(meter.fraction([])).toBe(0.1);
    expect(meter.fraction([group(['b'], 1, 2)])).toBeCloseTo(0.25, 12);
    // A cell that is told before its group goes counts once.
    meter.tell('b');
    expect(meter.fraction([group(['b', 'c'], 1, 2)])).toBeCloseTo(0.55, 12);
    // After a loss groups go back to a checkpoint.
    expect(meter.fraction([group(['b', 'c'], 1, 3)])).toBeCloseTo(0.55, 12);
    meter.tell('c');
    expect(meter.fraction([])).toBe(1);
  });

  it('estimates what is left at the pace of the time it ran', () => {
    const meter = new SweepMeter();
    meter.add('a', 1);
    meter.add('b', 1);
    meter.tell('a');
    meter.begin();
    meter.run(true, 0);
    meter.fraction([group(['b'], 1, 4)]);
    expect(meter.secondsLeft(400)).toBeUndefined();
    meter.run(false, 1000);
    // A pause does not count: a quarter of b took a second, three are left.
    expect(meter.secondsLeft(9000)).toBeCloseTo(3, 9);
  });
});
