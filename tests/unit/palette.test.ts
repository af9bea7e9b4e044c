import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../../src/experiment/config';
import { defaultHyper, optimizerIds } from '../../src/optimizers/registry';
import { contrast, runStyle, SURFACE, type Scheme } from '../../src/ui/palette';

const run = (optimizer: RunConfig['optimizer']): RunConfig => ({ optimizer, batch: 1, hyper: defaultHyper(optimizer) });

describe('run styles', () => {
  it('knows the contrast of black on white', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 6);
  });

  it.each(['light', 'dark'] as Scheme[])('stays visible and distinct for many runs of one optimizer (%s)', (scheme) => {
    for (const optimizer of optimizerIds) {
      const runs = Array.from({ length: 24 }, () => run(optimizer));
      const styles = runs.map((_, k) => runStyle(runs, k, scheme));
      for (const { colour } of styles) {
        expect(colour).toMatch(/^#[0-9a-f]{6}$/);
        expect(contrast(colour, SURFACE[scheme])).toBeGreaterThanOrEqual(3);
      }
      expect(new Set(styles.map((s) => `${s.colour} ${s.dash ?? ''}`)).size).toBe(24);
    }
  });

  it('gives the first run of each optimizer its own colour and a solid line', () => {
    const runs = optimizerIds.map(run);
    const styles = runs.map((_, k) => runStyle(runs, k, 'light'));
    expect(styles.every((s) => s.dash === undefined)).toBe(true);
    expect(new Set(styles.map((s) => s.colour)).size).toBe(optimizerIds.length);
  });

  it('counts only runs of the same optimizer before it', () => {
    const runs = [run('sgd'), run('mass'), run('sgd')];
    expect(runStyle(runs, 1, 'dark')).toEqual(runStyle([run('mass')], 0, 'dark'));
    expect(runStyle(runs, 2, 'dark').dash).toBeDefined();
  });
});
