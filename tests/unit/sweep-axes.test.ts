import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/experiment/config';
import { axisValues } from '../../src/experiment/sweep';
import { sweepIssues } from '../../src/experiment/sweep-checks';
import {
  axisIssue,
  axisParameters,
  defaultAxis,
  defaultSweep,
  refined,
  sweepProblem,
  whyNotOptimal,
  withParameter,
} from '../../src/state/sweep-axes';
import { kernelRegression } from '../../src/problems/kernel-regression';
import { defaultNetwork } from '../../src/problems/network';
import { suggestedEta } from '../../src/theory/optimal';
import { experiment, mass, nesterov, sgd } from '../support/experiments';
import { swept } from '../support/sweeps';
import { constants } from './sweep-fakes';

describe('the axes that a sweep begins with', () => {
  it('reach from well below 1/L₁ to beyond 2/L, and past m₂*', () => {
    const { x, y } = defaultSweep(experiment(), constants);
    expect(x).toEqual({ parameter: 'batch', from: 1, to: 32, count: 11 });
    expect(axisValues(x)).toEqual([1, 2, 3, 4, 6, 8, 11, 16, 23, 32]);
    expect(y.parameter).toBe('eta');
    expect(y.from).toBeLessThan(suggestedEta(constants, 1) / 10);
    expect(y.to).toBeGreaterThan(2 / constants.L);
  });

  it('fit every experiment, also where nothing is known of the problem, and epochs that count in 32 bits', () => {
    for (const known of [constants, { L: 1, L1: 40, L1IsBound: true }, undefined])
      for (const config of [experiment(), experiment({ sampling: 'epochs', steps: 400_000_000 / 2 })])
        expect(sweepIssues(defaultSweep(config, known), config, LIMITS.batch)).toEqual([]);
  });

  it('fit each parameter of each run', () => {
    const config = experiment({ runs: [nesterov(), mass(), { optimizer: 'adam', batch: 1, hyper: {} }] });
    const parameters = axisParameters(config.runs);
    expect(parameters).toEqual(['batch', 'eta', 'gamma', 'alpha', 'kappaTilde', 'beta1', 'beta2', 'epsilon']);
    for (const parameter of parameters) {
      const other = parameter === 'batch' ? 'eta' : 'batch';
      const sweep = {
        ...swept().sweep,
        x: defaultAxis(parameter, config, constants),
        y: defaultAxis(other, config, constants),
      };
      expect(sweepProblem(sweep, config), parameter).toBeUndefined();
    }
  });

  it('leave out the parameters of runs that are off', () => {
    expect(axisParameters([sgd(), { ...nesterov(), enabled: false }])).toEqual(['batch', 'eta']);
  });
});

describe('optimal values off the axes', () => {
  const known = { ...constants, mu: constants.L / 10, kappaTilde: 3, L1IsBound: false };

  it('are there where theory has all constants, or a sweep can work them out', () => {
    expect(whyNotOptimal(experiment(), known)).toBeUndefined();
    expect(whyNotOptimal(experiment(), { L: 1, L1: 40, L1IsBound: true })).toBeUndefined();
    expect(whyNotOptimal(experiment(), undefined)).toBeUndefined();
  });

  it('are refused with a reason where they are not', () => {
    expect(whyNotOptimal(experiment(), { L: 0.5, L1: 1, L1IsBound: false })).toMatch(/cannot work them out/);
    expect(whyNotOptimal(experiment({ problem: defaultNetwork }), undefined)).toMatch(/none for networks/);
  });

  it('of kernels are worked out up to some rows, and refused beyond', () => {
    const unknown = { L: 0.5, L1: 1, L1IsBound: false, kappaTilde: 900 };
    const kernels = experiment({ problem: kernelRegression.default });
    expect(whyNotOptimal(kernels, unknown, 900)).toBeUndefined();
    expect(whyNotOptimal(kernels, unknown, 4000)).toMatch(/cannot work them out/);
  });
});

describe('changing an axis', () => {
  const { sweep, ...config } = swept({ runs: [sgd(), nesterov()] });

  it('swaps the two when one takes the parameter of the other, and keeps the count else', () => {
    expect(withParameter(sweep, 'x', 'batch', config, constants)).toEqual({ ...sweep, x: sweep.y, y: sweep.x });
    expect(withParameter(sweep, 'x', 'gamma', config, constants).x).toEqual({
      parameter: 'gamma',
      from: 0,
      to: 0.99,
      count: 3,
    });
    expect(withParameter(sweep, 'x', 'eta', config, constants)).toBe(sweep);
  });

  it('says by the field what is wrong with a number', () => {
    expect(axisIssue(sweep, 'x', 'from', -1, config)).toBe('The first value must be above 0.');
    expect(axisIssue(sweep, 'y', 'to', 2.5, config)).toBe('The last value must be a whole number from 1 to 65536.');
    expect(axisIssue(sweep, 'x', 'from', 2, config)).toBe('First and last value must differ.');
    expect(axisIssue(sweep, 'x', 'to', 0.02, config)).toBe('First and last value must differ.');
    expect(axisIssue(sweep, 'x', 'to', 5, config)).toBeUndefined();
    const momentum = withParameter(sweep, 'x', 'gamma', config, constants);
    expect(axisIssue(momentum, 'x', 'to', 1, config)).toBe('The last value must be at least 0 and below 1.');
  });

  it('narrows to a region in as many cells; a single row or column reaches to its neighbours', () => {
    const { x, y } = refined(sweep, { x: [1, 2], y: [1, 1] });
    expect(x.from).toBeCloseTo(0.2, 9);
    expect(x).toMatchObject({ parameter: 'eta', to: 2, count: 3 });
    expect(y).toEqual(sweep.y);
    const single = refined(sweep, { x: [0, 0], y: [0, 2] });
    expect(single.x.from).toBe(0.02);
    expect(single.x.to).toBeCloseTo(0.2, 9);
  });
});
