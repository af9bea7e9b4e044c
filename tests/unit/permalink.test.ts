import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../src/experiment/default';
import { configFromHash, isPermalink, permalinkHash } from '../../src/experiment/permalink';
import { parseExperiment, type ExperimentConfig } from '../../src/experiment/config';
import type { LayerConfig } from '../../src/models/layers';
import { defaultNetwork } from '../../src/problems/network';

const ownKernel = {
  kind: 'kernel-regression' as const,
  data: { kind: 'files' as const, files: ['own.csv'], scaling: 'raw' as const },
  kernel: { kind: 'gaussian' as const, bandwidth: 1 },
};
const changed = (patch: Partial<ExperimentConfig>): ExperimentConfig => ({ ...defaultExperiment, ...patch });

describe('permalinkHash', () => {
  it('holds only what differs', () => {
    expect(permalinkHash(changed({ seed: 7 }))).toBe('#v=1&seed=7&end');
    const runs = defaultExperiment.runs.map((run, k) =>
      k === 3 ? { ...run, hyper: { ...run.hyper, eta: 0.25 } } : run,
    );
    expect(permalinkHash(changed({ runs, seeds: 4 }))).toBe('#v=1&runs.3.hyper.eta=0.25&seeds=4&end');
  });

  it('names the optimizers when they are others, and the kind of problem', () => {
    const config = changed({
      problem: { kind: 'gaussian', spectrum: { power: { dimension: 100, exponent: 1 } }, rows: 512 },
      runs: [
        { optimizer: 'mass', batch: 8, hyper: { eta: 0.1, alpha: 0.05, kappaTilde: 3 }, label: 'a, b & c' },
        { optimizer: 'sgd', batch: 1, hyper: { eta: 1e-7 }, enabled: false },
      ],
    });
    const hash = permalinkHash(config);
    expect(hash).toBe(
      '#v=1&problem=gaussian&race=mass,sgd&problem.spectrum.values=~&problem.spectrum.power.dimension=100' +
        '&problem.spectrum.power.exponent=1&problem.rows=512&runs.0.batch=8&runs.0.label=a%2C%20b%20%26%20c' +
        '&runs.1.hyper.eta=1e-7&runs.1.enabled=false&end',
    );
    expect(configFromHash(hash)).toEqual(config);
  });

  it('stays short for the usual changes: another batch size and step size for every run', () => {
    const runs = defaultExperiment.runs.map((run) => ({ ...run, batch: 64, hyper: { ...run.hyper, eta: 0.0123 } }));
    expect(permalinkHash(changed({ runs })).length).toBeLessThan(250);
  });

  it('holds lists of objects that are longer, shorter or new', () => {
    const linked = (layers: LayerConfig[]) => {
      const config = changed({ problem: { ...defaultNetwork, layers } });
      const hash = permalinkHash(config);
      expect(configFromHash(hash)).toEqual(config);
      return hash;
    };
    const relu = { kind: 'relu' } as const;
    const dense = { kind: 'dense', units: 64 } as const;
    expect(linked([dense, relu, { kind: 'dropout', rate: 0.5 }])).toBe(
      '#v=1&problem=network&problem.layers.2.kind=dropout&problem.layers.2.rate=0.5&end',
    );
    expect(linked([dense])).toBe('#v=1&problem=network&problem.layers.1=~&end');
    linked([]);
    linked([{ kind: 'residual', layers: [dense, relu] }]);
  });

  it.each([
    ['a label', changed({ runs: [{ ...defaultExperiment.runs[0]!, label: 'ab\ud804' }] })],
    ['a column', changed({ problem: { ...ownKernel, data: { ...ownKernel.data, column: '\udc00x' } } })],
    ['a file name', changed({ problem: { ...ownKernel, data: { ...ownKernel.data, files: ['\ud83d.csv'] } } })],
  ])('holds %s with half of a character as the document does', (_, document) => {
    const config = parseExperiment(document);
    expect(JSON.stringify(config)).toContain('\ufffd');
    expect(configFromHash(permalinkHash(config))).toEqual(config);
    expect(configFromHash(permalinkHash(document))).toEqual(config);
  });

  it('holds how a network is trained', () => {
    const training = { schedule: { kind: 'step' as const, at: [3000], factor: 0.1 }, clip: 1e30 };
    const config = changed({ problem: { ...defaultNetwork, training } });
    expect(configFromHash(permalinkHash(config))).toEqual(config);
  });
});

describe('configFromHash', () => {
  it.each([
    ['#v=1&seed=7', 'the link is incomplete'],
    ['#v=1', 'the link is incomplete'],
    ['#v', 'does not hold an experiment'],
    ['#v=2&end', 'the link has version "2", this page knows version 1'],
    ['#v=1&problem=xor&end', 'problem: there is no problem "xor"'],
    ['#v=1&race=sgd,lion&end', 'race: there is no optimizer "lion"'],
    ['#v=1&steps=0&end', 'steps: '],
    ['#v=1&steps=many&end', 'steps: '],
    ['#v=1&steps=5&steps=6&end', 'steps: stands in the link twice'],
    ['#v=1&speed=5&end', 'speed'],
    ['#v=1&runs.9.batch=5&end', 'runs.9.batch: is outside its list'],
    ['#v=1&runs.0=~&end', 'runs.0: cannot be taken out of its list'],
    ['#v=1&problem=network&problem.layers.3.kind=relu&end', 'problem.layers.3.kind: is outside its list'],
    ['#v=1&runs.0.hyper.eta=-1&end', 'runs[0].hyper.eta: must be above 0'],
    ['#v=1&runs.0.hyper.eta=~&end', 'runs[0].hyper.eta: is missing'],
    ['#v=1&runs.0.hyper.gamma=0.5&end', 'SGD has no hyper-parameter "gamma"'],
    ['#v=1&seed=%E0%A4%A&end', 'seed: "%E0%A4%A" is damaged'],
    ['#v=1&seed&end', '"seed" is not of the form name=value'],
    ['#v=1&seed=&end', 'seed: has no value'],
    ['#v=1&__proto__.x=1&end', '__proto__.x: is not the name of a field'],
    ['#v=1&problem.variances.values=~&end', 'problem.variances: '],
    [`#v=1&x=${'1'.repeat(200_001)}&end`, 'longer than'],
  ])('says what is wrong with %s', (hash, message) => {
    expect(() => configFromHash(hash)).toThrow(expect.objectContaining({ name: 'ConfigError' }));
    expect(() => configFromHash(hash)).toThrow(message);
  });

  it('tells links from names of places in the page', () => {
    expect(isPermalink('#v=1&end')).toBe(true);
    expect(isPermalink('#chart')).toBe(false);
    expect(isPermalink('')).toBe(false);
  });

  it('gives a copy that can be changed', () => {
    configFromHash('').runs[0]!.batch = 99;
    expect(defaultExperiment.runs[0]!.batch).toBe(1);
  });
});
