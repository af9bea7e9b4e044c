/** Where the chart marks that step sizes decay. */
import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../../src/experiment/config';
import { legendKeys } from '../../src/export/figure/keys';
import { chartModel, type ModelInput } from '../../src/export/figure/model';
import { defaultView, type ChartView } from '../../src/export/figure/view';
import { chartSvg } from '../../src/export/svg';
import { defaultNetwork } from '../../src/problems/network';
import type { ProblemConfig } from '../../src/problems/registry';
import { chartRuns, curveThrough, exportSource, greyStyles, mass, sgd } from './chart-support';

const plot = { left: 50, top: 20, width: 400, height: 300 };
const decaying = (...at: number[]): ProblemConfig => ({
  ...defaultNetwork,
  training: { schedule: { kind: 'step', at, factor: 0.1 } },
});
const losses = [1, 0.5, 0.4, 0.3, 0.2];

function model(runs: readonly RunConfig[], patch: Partial<ModelInput> = {}, view: Partial<ChartView> = {}) {
  return chartModel({
    runs: chartRuns(runs.map((run) => curveThrough(losses, run))),
    version: 0,
    view: { ...defaultView, ...view },
    plot,
    epochRows: undefined,
    steps: 4,
    problem: decaying(1, 3),
    ...patch,
  });
}

describe('decays of the step sizes', () => {
  it('stand across the plot at their steps and say what is left of the step sizes', () => {
    expect(model([sgd, mass]).decays!.marks).toEqual([
      { x: 150, label: '× 0.1' },
      { x: 350, label: '× 0.01' },
    ]);
  });

  it('are told in words, with the optimizers that restart there', () => {
    expect(model([sgd, mass]).decays!.name).toBe('step sizes × 0.1 at steps 1 and 3, MaSS restarts');
    expect(model([sgd], { problem: decaying(2) }).decays!.name).toBe('step sizes × 0.1 at step 2');
    expect(model([sgd], { steps: 100, problem: decaying(1, 2, 3, 4, 5) }).decays!.name).toBe(
      'step sizes × 0.1 at 5 steps',
    );
  });

  it('are ticks of each run where runs are not there together', () => {
    const shown = model([sgd, { ...mass, batch: 2 }], {}, { xAxis: 'samples' });
    expect(shown.decays!.marks).toEqual([
      { x: 100, index: 0 },
      { x: 150, index: 1 },
      { x: 200, index: 0 },
      { x: 350, index: 1 },
    ]);
  });

  it('leave out what lies outside the picture or beyond the last step', () => {
    expect(model([sgd], { problem: decaying(1, 9) }).decays!.marks).toHaveLength(1);
    expect(model([sgd], { problem: decaying(9) }).decays).toBeUndefined();
    expect(model([sgd], {}, { zoom: { x: [2, 4] } }).decays!.marks).toEqual([{ x: 250, label: '× 0.01' }]);
  });

  it('drop the labels that have no room', () => {
    const { marks } = model([sgd], { problem: decaying(1, 2, 3), plot: { ...plot, width: 160 } }).decays!;
    expect(marks.map(({ label }) => label)).toEqual(['× 0.1', undefined, '× 0.001']);
  });

  it('are nothing where step sizes stay, for other problems, and without curves', () => {
    expect(model([sgd], { problem: defaultNetwork }).decays).toBeUndefined();
    expect(model([sgd], { problem: undefined }).decays).toBeUndefined();
    expect(model([]).decays).toBeUndefined();
  });

  it('have an entry in the legend', () => {
    const shown = model([sgd]);
    expect(legendKeys(shown, defaultView)).toMatchObject([{ name: shown.decays!.name, upright: true }]);
    expect(legendKeys(model([sgd], { problem: defaultNetwork }), defaultView)).toEqual([]);
  });

  it('are in the exported picture too', () => {
    const source = exportSource([curveThrough(losses), curveThrough(losses, mass)]);
    const config = { ...source.config, steps: 4, problem: decaying(1, 3) };
    const { svg } = chartSvg({ source: { ...source, config }, view: defaultView, styles: greyStyles(2) });
    expect(svg.match(/data-decay="all"/g)).toHaveLength(2);
    expect(svg.match(/step sizes × 0.1 at steps 1 and 3, MaSS restarts/gi)).toHaveLength(2);
    expect(svg).toContain('× 0.01');
  });
});
