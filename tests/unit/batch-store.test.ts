/** The study of batch sizes in the page: follows a problem, measures by command, and believes only the latest answer. */
import { describe, expect, it } from 'vitest';
import type { ExperimentConfig } from '../../src/experiment/config';
import { defaultExperiment } from '../../src/experiment/default';
import { createBatchStudy } from '../../src/state/batch-store';
import type { BatchEvent } from '../../src/worker/protocol';
import { settle } from './fake-engine';

interface Study {
  readonly config: ExperimentConfig;
  readonly measure: boolean;
  readonly tell: (event: BatchEvent) => void;
  readonly end: () => Promise<void>;
  readonly fail: (error: Error) => Promise<void>;
}

function opened() {
  const asked: Study[] = [];
  let stops = 0;
  const study = createBatchStudy({
    studyBatches: (config, measure, tell) =>
      new Promise((resolve, reject) => {
        asked.push({
          config,
          measure,
          tell,
          end: () => {
            resolve(true);
            return settle();
          },
          fail: (error) => {
            reject(error);
            return settle();
          },
        });
      }),
    stopBatches: () => {
      stops++;
      return Promise.resolve();
    },
  });
  return { study, asked, state: () => study.store.getState(), stops: () => stops };
}

const constants = { L: 1, L1: 6, mu: 2 ** -9, kappaTilde: 6, L1IsBound: false };
const exact = (batch: number): BatchEvent => ({ type: 'exact', optimizer: 'sgd', batch, speed: 0.1 * batch });
const measured = (batch: number): BatchEvent => ({
  type: 'measured',
  optimizer: 'mass',
  batch,
  speed: 0.1,
  low: 0.09,
  high: 0.11,
  lanes: 16,
  steps: 400,
});
const other: ExperimentConfig = { ...defaultExperiment, seed: defaultExperiment.seed + 1 };

describe('following a problem', () => {
  it('asks for theory alone and collects what comes', () => {
    const { study, asked, state } = opened();
    study.follow(defaultExperiment);
    expect(asked.map(({ measure }) => measure)).toEqual([false]);
    asked[0]!.tell({ type: 'constants', constants });
    asked[0]!.tell(exact(1));
    asked[0]!.tell(exact(2));
    expect(state()).toMatchObject({ constants, measuring: false });
    expect(state().exact.map(({ batch }) => batch)).toEqual([1, 2]);
  });

  it('does not ask again for what leaves the problem as it is: other runs, steps', () => {
    const { study, asked } = opened();
    study.follow(defaultExperiment);
    study.follow({ ...defaultExperiment, steps: 7, runs: defaultExperiment.runs.slice(1) });
    expect(asked).toHaveLength(1);
    study.follow(other);
    expect(asked).toHaveLength(2);
  });

  it('drops what is known of another problem, and what the earlier study still tells', async () => {
    const { study, asked, state } = opened();
    study.follow(defaultExperiment);
    asked[0]!.tell(exact(1));
    study.follow(other);
    expect(state().exact).toEqual([]);
    asked[0]!.tell(exact(4));
    asked[0]!.tell({ type: 'constants', constants });
    await asked[0]!.fail(new Error('of the old problem'));
    expect(state()).toMatchObject({ exact: [], constants: undefined, failure: undefined });
    asked[1]!.tell(exact(8));
    expect(state().exact.map(({ batch }) => batch)).toEqual([8]);
  });

  it('forgets: the same problem is asked for again', () => {
    const { study, asked, state, stops } = opened();
    study.follow(defaultExperiment);
    asked[0]!.tell(exact(1));
    study.forget();
    expect([state().exact.length, stops()]).toEqual([0, 1]);
    asked[0]!.tell(exact(2));
    expect(state().exact).toEqual([]);
    study.follow(defaultExperiment);
    expect(asked).toHaveLength(2);
  });
});

describe('measuring', () => {
  it('goes from nothing to points with progress, and ends', async () => {
    const { study, asked, state } = opened();
    study.follow(defaultExperiment);
    study.measure();
    expect(asked[1]).toMatchObject({ measure: true, config: defaultExperiment });
    expect(state()).toMatchObject({ measuring: true, fraction: 0 });
    asked[1]!.tell({ type: 'progress', fraction: 0.5, doing: 'batch 4' });
    asked[1]!.tell(measured(4));
    asked[1]!.tell({ type: 'unmeasured', optimizer: 'sgd', batch: 4, reason: 'too slow' });
    expect(state()).toMatchObject({ fraction: 0.5, doing: 'batch 4' });
    await asked[1]!.end();
    expect(state().measuring).toBe(false);
    expect(state().measured).toHaveLength(1);
    expect(state().unmeasured[0]!.reason).toBe('too slow');
  });

  it('does nothing without a problem', () => {
    const { study, asked } = opened();
    study.measure();
    expect(asked).toHaveLength(0);
  });

  it('keeps the constants while it starts, so that the picture stays', () => {
    const { study, asked, state } = opened();
    study.follow(defaultExperiment);
    asked[0]!.tell({ type: 'constants', constants });
    study.measure();
    expect(state().constants).toEqual(constants);
  });

  it('keeps the points of a measurement that is stopped, and takes no later ones', async () => {
    const { study, asked, state, stops } = opened();
    study.follow(defaultExperiment);
    study.measure();
    asked[1]!.tell(measured(1));
    study.stop();
    expect([state().measuring, stops()]).toEqual([false, 1]);
    asked[1]!.tell(measured(2));
    await asked[1]!.fail(new Error('aborted'));
    expect(state().measured.map(({ batch }) => batch)).toEqual([1]);
    expect(state().failure).toBeUndefined();
  });

  it('shows a failure with what was there, and a new attempt clears it', async () => {
    const { study, asked, state } = opened();
    study.follow(defaultExperiment);
    study.measure();
    asked[1]!.tell(measured(1));
    await asked[1]!.fail(new Error('The GPU was lost.'));
    expect(state()).toMatchObject({ measuring: false, failure: 'The GPU was lost.' });
    expect(state().measured).toHaveLength(1);
    study.measure();
    expect(state()).toMatchObject({ measuring: true, failure: undefined, measured: [] });
  });
});
