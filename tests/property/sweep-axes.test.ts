/** Whatever is typed for an axis is either taken, and then the experiment is valid, or refused in words. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { experimentSchema } from '../../src/experiment/config';
import { axisValues } from '../../src/experiment/sweep';
import { axisTicks, cellAxis, cellPosition } from '../../src/export/sweep/axis';
import { createExperimentStore } from '../../src/state/experiment-store';
import {
  axisIssue,
  axisParameters,
  defaultAxis,
  refined,
  sweepProblem,
  withParameter,
} from '../../src/state/sweep-axes';
import { parseNumber } from '../../src/ui/controls/number-text';
import { mass, nesterov, sgd } from '../support/experiments';
import { swept } from '../support/sweeps';

const config = swept({
  runs: [
    sgd(),
    nesterov(),
    mass(),
    { optimizer: 'adam', batch: 1, hyper: { eta: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8 } },
  ],
});
const parameter = fc.constantFrom(...axisParameters(config.runs));
const typed = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.double().map(String),
  fc.constantFrom('0', '-1', '1', '1e309', '1/6', '2^-9', '0,05', '65536', '65537', '∞', 'NaN', '', '1e-400'),
);

it('takes or refuses what is typed for an end, and never breaks the experiment', () => {
  fc.assert(
    fc.property(
      parameter,
      fc.constantFrom('x', 'y'),
      fc.constantFrom('from', 'to'),
      typed,
      (name, axis, field, text) => {
        const store = createExperimentStore(config);
        const sweep = withParameter(config.sweep, axis, name, config, undefined);
        expect(store.getState().edit((old) => ({ ...old, sweep }))).toBeUndefined();
        const value = parseNumber(text);
        if (value === undefined) return;
        const issue = axisIssue(sweep, axis, field, value, config);
        const error = store
          .getState()
          .edit((old) => ({ ...old, sweep: { ...sweep, [axis]: { ...sweep[axis], [field]: value } } }));
        expect(error === undefined).toBe(issue === undefined);
        if (issue !== undefined)
          expect(issue).toMatch(/^(The (first|last) value must|First and last value must differ\.)/);
        expect(experimentSchema.safeParse(store.getState().config).success).toBe(true);
        if (error) expect(store.getState().config.sweep).toEqual(sweep);
      },
    ),
  );
});

it('places every value of an axis in its own cell, with at least two labels, and every region is a valid sweep', () => {
  fc.assert(
    fc.property(
      parameter,
      fc.integer({ min: 2, max: 64 }),
      fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 4, maxLength: 4 }),
      (name, count, shares) => {
        const sweep = withParameter(config.sweep, 'x', name, config, undefined);
        const axis = { ...defaultAxis(name, config, undefined), count };
        const cells = cellAxis(axis);
        cells.values.forEach((value, k) => {
          expect(cellPosition(cells, value)).toBeCloseTo(k + 0.5, 6);
        });
        const ticks = axisTicks(cells, 6);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        for (const { at } of ticks) expect(at >= 0 && at <= cells.values.length).toBe(true);

        const whole = { ...sweep, x: { ...sweep.x, count } };
        const [columns, rows] = [axisValues(whole.x).length, axisValues(whole.y).length];
        const pick = (a: number, b: number, n: number) =>
          [Math.floor(a * n), Math.floor(b * n)].sort((p, q) => p - q) as [number, number];
        const region = { x: pick(shares[0]!, shares[1]!, columns), y: pick(shares[2]!, shares[3]!, rows) };
        expect(sweepProblem(refined(whole, region), config)).toBeUndefined();
      },
    ),
  );
});
