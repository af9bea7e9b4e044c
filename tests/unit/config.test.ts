/** The schema of experiments: an error names the field, and nothing is silently repaired. */
import { describe, expect, it } from 'vitest';
import { ConfigError, parseExperiment, range, runKey, type ExperimentConfig } from '../../src/experiment/config';
import { defaultExperiment } from '../../src/experiment/default';
import type { SweepConfig } from '../../src/experiment/sweep';
import { defaultHyper, optimizerIds } from '../../src/optimizers/registry';
import { problems } from '../../src/problems/registry';

/** The default with one value replaced, by path. */
function changed(path: readonly (string | number)[], value: unknown): unknown {
  const copy: unknown = structuredClone(defaultExperiment);
  let at = copy as Record<string | number, unknown>;
  for (const part of path.slice(0, -1)) at = at[part] as Record<string | number, unknown>;
  if (value === undefined) Reflect.deleteProperty(at, path.at(-1)!);
  else at[path.at(-1)!] = value;
  return copy;
}

function issues(document: unknown): { path: string; message: string }[] {
  try {
    parseExperiment(document);
  } catch (error) {
    if (error instanceof ConfigError) return [...error.issues];
    throw error;
  }
  return [];
}

describe('parseExperiment', () => {
  it('takes the default experiment and every default problem as they are', () => {
    expect(parseExperiment(defaultExperiment)).toEqual(defaultExperiment);
    for (const { default: problem } of problems)
      expect(parseExperiment({ ...defaultExperiment, problem }).problem).toEqual(problem);
  });

  it.each([
    [['steps'], 0, 'steps'],
    [['steps'], 1.5, 'steps'],
    [['steps'], 1e9, 'steps'],
    [['steps'], '100', 'steps'],
    [['steps'], undefined, 'steps'],
    [['seeds'], 0, 'seeds'],
    [['seeds'], 1025, 'seeds'],
    [['seed'], -1, 'seed'],
    [['seed'], 2 ** 32, 'seed'],
    [['evalEvery'], 'often', 'evalEvery'],
    [['evalEvery'], 0, 'evalEvery'],
    [['sampling'], 'sometimes', 'sampling'],
    [['divergenceFactor'], 1, 'divergenceFactor'],
    [['divergenceFactor'], Number.NaN, 'divergenceFactor'],
    [['version'], 2, 'version'],
    [['runs'], [], 'runs'],
    [['runs', 1, 'optimizer'], 'lion', 'runs[1].optimizer'],
    [['runs', 0, 'batch'], 0, 'runs[0].batch'],
    [['runs', 0, 'batch'], 2.5, 'runs[0].batch'],
    [['runs', 0, 'batch'], 65_537, 'runs[0].batch'],
    [['runs', 0, 'hyper', 'eta'], 0, 'runs[0].hyper.eta'],
    [['runs', 0, 'hyper', 'eta'], Number.POSITIVE_INFINITY, 'runs[0].hyper.eta'],
    [['runs', 0, 'hyper', 'eta'], undefined, 'runs[0].hyper.eta'],
    [['runs', 2, 'hyper', 'gamma'], 1, 'runs[2].hyper.gamma'],
    [['runs', 3, 'hyper', 'kappaTilde'], 0.5, 'runs[3].hyper.kappaTilde'],
    [['runs', 3, 'hyper', 'gamma'], 0.5, 'runs[3].hyper.gamma'],
    [['runs', 4, 'label'], 'x'.repeat(81), 'runs[4].label'],
    [['problem', 'kind'], 'sudoku', 'problem.kind'],
    [['problem', 'variances', 'values'], [1, -1], 'problem.variances'],
    [['problem', 'variances', 'values'], [], 'problem.variances'],
    [['extra'], 1, ''],
  ])('%j = %j is refused at %s', (path, value, where) => {
    const found = issues(changed(path, value));
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]!.path.startsWith(where)).toBe(true);
    expect(found[0]!.message).not.toBe('');
  });

  it.each([null, undefined, 7, 'text', [], {}, [defaultExperiment]])('%j is not an experiment', (document) => {
    expect(issues(document).length).toBeGreaterThan(0);
  });

  it('says in words what a hyper-parameter may be', () => {
    expect(issues(changed(['runs', 0, 'hyper', 'eta'], 0))[0]!.message).toBe('must be above 0, is 0');
    expect(issues(changed(['runs', 2, 'hyper', 'gamma'], 1))[0]!.message).toBe('must be at least 0 and below 1, is 1');
    expect(issues(changed(['runs', 2, 'hyper', 'speed'], 1))[0]!.message).toBe(
      'Nesterov has no hyper-parameter "speed" (it has eta, gamma)',
    );
    expect(issues(changed(['runs', 2, 'hyper', 'gamma'], undefined))[0]!.message).toBe('is missing (momentum)');
    expect(range({ min: 0, max: 1, openMin: true })).toBe('above 0 and at most 1');
    expect(range({ min: 1, max: 100_000_000 })).toBe('at least 1 and at most 100,000,000');
    expect(range({ min: 1e-6, max: 1024 })).toBe('at least 0.000001 and at most 1024');
    expect(range({ min: 1, max: Number.POSITIVE_INFINITY })).toBe('at least 1');
  });

  it('reports all mistakes at once, in one readable message', () => {
    const document = { ...defaultExperiment, steps: 0, seeds: 0 };
    expect(() => parseExperiment(document)).toThrow(/steps: .*; seeds: |seeds: .*; steps: /);
  });

  it('refuses more points than a chart can hold, and epochs beyond 32-bit positions', () => {
    expect(issues({ ...defaultExperiment, steps: 200_001, evalEvery: 2 })).toEqual([
      { path: 'evalEvery', message: 'would record 100001 points per lane; at most 100000' },
    ]);
    const epochs: ExperimentConfig = { ...defaultExperiment, steps: 100_000, sampling: 'epochs' };
    expect(issues({ ...epochs, runs: [{ ...epochs.runs[0]!, batch: 42_950 }] })).toEqual([
      { path: 'runs[0].batch', message: 'batch × steps must stay below 2³² when sampling by epochs' },
    ]);
    expect(issues({ ...epochs, runs: [{ ...epochs.runs[0]!, batch: 42_949 }] })).toEqual([]);
  });
});

describe('a sweep', () => {
  const sweep: SweepConfig = {
    x: { parameter: 'eta', from: 0.01, to: 1, count: 8 },
    y: { parameter: 'batch', from: 64, to: 1, count: 4 },
    others: 'fixed',
    tolerance: 1e-3,
    stopAtTolerance: true,
  };
  const swept = (path: readonly (string | number)[], value: unknown) => {
    const document = structuredClone(defaultExperiment) as { sweep?: unknown };
    const copy = structuredClone(sweep) as unknown as Record<string, Record<string, unknown>>;
    const [first, second] = path as [string, string?];
    if (second === undefined) (copy as Record<string, unknown>)[first] = value;
    else copy[first]![second] = value;
    document.sweep = copy;
    return document;
  };

  it('is taken as it is, upwards or downwards', () => {
    expect(parseExperiment({ ...defaultExperiment, sweep })).toEqual({ ...defaultExperiment, sweep });
  });

  it.each([
    [['x', 'parameter'], 'speed', 'sweep.x.parameter', 'no run that is switched on has "speed" (there are batch, eta,'],
    [['y', 'parameter'], 'eta', 'sweep.y.parameter', 'must differ from that of x, "eta"'],
    [['x', 'from'], 0, 'sweep.x.from', 'must be above 0, is 0'],
    [['x', 'to'], 0.01, 'sweep.x.to', 'must differ from "from", 0.01'],
    [['y', 'from'], 2.5, 'sweep.y.from', 'must be a whole number from 1 to 65536, is 2.5'],
    [['y', 'to'], 0, 'sweep.y.to', 'must be a whole number from 1 to 65536, is 0'],
    [['x', 'count'], 1, 'sweep.x.count', ''],
    [['x', 'count'], 65, 'sweep.x.count', ''],
    [['tolerance'], 0, 'sweep.tolerance', ''],
    [['others'], 'best', 'sweep.others', ''],
    [['z'], 1, 'sweep', ''],
  ])('%j = %j is refused at %s', (path, value, where, message) => {
    const [first] = issues(swept(path, value));
    expect(first?.path).toBe(where);
    expect(first?.message).toContain(message);
  });

  it('knows just the parameters of runs that are switched on', () => {
    const x = { parameter: 'gamma', from: 0, to: 0.9, count: 4 };
    const runs = defaultExperiment.runs.map((run) => ({ ...run, enabled: run.optimizer === 'nesterov' }));
    expect(issues({ ...defaultExperiment, runs, sweep: { ...sweep, x } })).toEqual([]);
    const others = runs.map((run) => ({ ...run, enabled: run.optimizer === 'sgd' }));
    expect(issues({ ...defaultExperiment, runs: others, sweep: { ...sweep, x } })[0]?.path).toBe('sweep.x.parameter');
    expect(issues({ ...defaultExperiment, runs, sweep: { ...sweep, x: { ...x, to: 1 } } })).toEqual([
      { path: 'sweep.x.to', message: 'must be at least 0 and below 1, is 1' },
    ]);
  });

  it('is refused where it would be too large', () => {
    const x = { ...sweep.x, count: 64 };
    const y = { ...sweep.y, count: 64 };
    expect(issues({ ...defaultExperiment, seeds: 1024, sweep: { ...sweep, x, y } })).toEqual([
      { path: 'sweep', message: 'would take 20971520 lanes; at most 2000000' },
    ]);
    const epochs = { ...defaultExperiment, sampling: 'epochs', steps: 2 ** 26 };
    expect(issues({ ...epochs, sweep })).toEqual([
      { path: 'sweep.y.from', message: 'batch × steps must stay below 2³² when sampling by epochs' },
    ]);
  });
});

describe('runKey', () => {
  const run = defaultExperiment.runs[0]!;

  it('ignores what does not change the lanes', () => {
    expect(runKey({ ...run, label: 'mine', enabled: false })).toBe(runKey(run));
    const hyper = Object.fromEntries(Object.entries(defaultHyper('adam')).reverse());
    expect(runKey({ optimizer: 'adam', batch: 1, hyper })).toBe(
      runKey({ optimizer: 'adam', batch: 1, hyper: defaultHyper('adam') }),
    );
  });

  it('tells apart what does', () => {
    const keys = optimizerIds.flatMap((optimizer) =>
      [1, 2].flatMap((batch) =>
        [0.1, 0.1 + 2 ** -50].map((eta) => runKey({ optimizer, batch, hyper: { ...defaultHyper(optimizer), eta } })),
      ),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });
});
