import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../src/experiment/default';
import { parseExperiment } from '../../src/experiment/config';
import { kernelRegression } from '../../src/problems/kernel-regression';
import { missingFiles, withDataset } from '../../src/state/datasets';

const digits = {
  files: ['images.gz', 'labels.gz'],
  rows: 8000,
  columns: [...Array(785).keys()].map(String),
  image: { width: 28, height: 28, channels: 1 },
};
const houses = { files: ['houses.csv'], rows: 400, columns: ['a', 'b', 'c'] };

describe('withDataset', () => {
  it('begins with batches and few seeds on a large set of pictures, on the scale 0 to 1', () => {
    const config = parseExperiment(withDataset(defaultExperiment, digits));
    expect(config.problem).toEqual({
      kind: 'linear-regression',
      dataset: { files: digits.files },
      target: {},
      scaling: 'unit',
      intercept: true,
    });
    expect(config.seeds).toBe(4);
    expect(config.runs.map((run) => run.batch)).toEqual([64, 64, 64, 64, 64]);
  });

  it('leaves batch and seeds alone for a small table, and standardises it', () => {
    const config = parseExperiment(withDataset(defaultExperiment, houses));
    expect(config).toMatchObject({ seeds: defaultExperiment.seeds, runs: defaultExperiment.runs });
    expect(config.problem).toMatchObject({ scaling: 'standardised', intercept: false });
  });

  it('keeps a kernel regression, and its kernel', () => {
    const problem = { ...kernelRegression.default, kernel: { kind: 'laplacian' as const, bandwidth: 2 } };
    const config = parseExperiment(withDataset({ ...defaultExperiment, problem }, houses));
    expect(config.problem).toEqual({
      ...problem,
      data: { kind: 'files', files: houses.files, scaling: 'standardised' },
    });
    expect(missingFiles(config, [])).toEqual(houses.files);
    expect(missingFiles(config, [houses])).toEqual([]);
  });

  it('has a kernel regression tell the first class from the rest, with a kernel that suits pictures', () => {
    const { default: problem } = kernelRegression;
    const labelled = { ...digits, labelColumn: '784', labelValues: [0, 1, 2] };
    const config = parseExperiment(withDataset({ ...defaultExperiment, problem }, labelled));
    expect(config.problem).toEqual({
      kind: 'kernel-regression',
      data: { kind: 'files', files: digits.files, oneVersusRest: 0, scaling: 'unit' },
      kernel: { kind: 'gaussian', bandwidth: 5 },
    });
    // Values of a table are predicted as they are.
    const values = parseExperiment(withDataset({ ...defaultExperiment, problem }, { ...houses, labelValues: [1, 2] }));
    expect(values.problem).toMatchObject({ data: { scaling: 'standardised' }, kernel: problem.kernel });
    expect(values.problem).not.toHaveProperty('data.oneVersusRest');
  });

  it('keeps what the user chose when one data set follows another', () => {
    const first = withDataset(defaultExperiment, houses);
    const config = withDataset(first, digits);
    expect(config).toMatchObject({ seeds: first.seeds, runs: first.runs });
    expect(config.problem).toMatchObject({ scaling: 'standardised', intercept: false });
  });
});
