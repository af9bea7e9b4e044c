/** The float64 steps against PyTorch's optimizers; `recorded.origin` says which. */
import { describe, expect, it } from 'vitest';
import { CpuBackend } from '../../src/engine/cpu/cpu-backend';
import { MAX_SLOTS, type OptimizerDefinition } from '../../src/optimizers/types';
import { LeastSquaresReference } from '../../src/problems/least-squares';
import { distance, stepper } from '../support/lane';
import { recorded, recordedGradient, recordedLanes, recordedObjective } from '../support/pytorch';

const runs = recorded.runs.map((run) => [`${run.optimizer} ${JSON.stringify(run.hyper)}`, run] as const);

/** Largest difference from PyTorch's parameter over all recorded steps. */
function deviation(
  { optimizer, hyper, parameter }: (typeof recorded.runs)[number],
  change: Partial<Pick<OptimizerDefinition, 'step' | 'at'>> = {},
): number {
  const lane = stepper(optimizer, hyper, recordedObjective.start, change);
  return Math.max(
    ...parameter.map((expected, t) => {
      lane.step(recordedGradient(t, lane.state[0]!));
      return distance(lane.state[0]!, expected);
    }),
  );
}

describe('PyTorch', () => {
  it('was recorded for 20 steps of every optimizer it has', () => {
    expect(recorded.origin).toMatch(/^torch \d/);
    expect(recorded.runs.map((run) => run.optimizer)).toEqual([
      'sgd',
      'heavy-ball',
      'nesterov',
      'nesterov',
      'adam',
      'adam',
    ]);
    for (const run of recorded.runs) expect(run.parameter).toHaveLength(20);
  });

  it.each(runs)('%s: every step is the same', (_, run) => {
    expect(deviation(run)).toBeLessThan(1e-10);
  });

  it('its minibatches are the ones our sampler draws', () => {
    const reference = new LeastSquaresReference(recordedObjective, { seed: recorded.seed, mode: 'replacement' });
    const key = reference.key(recorded.laneSeed);
    const drawn = recorded.batches.map((batch, t) => batch.map((_row, i) => reference.row(key, t, i, recorded.batch)));
    expect(drawn).toEqual(recorded.batches);
  });

  it('the float64 engine takes the same steps', async () => {
    const cohort = await new CpuBackend().cohort({
      objective: recordedObjective,
      lanes: recordedLanes,
      seed: recorded.seed,
      sampling: 'replacement',
      lossLimit: 1e30,
    });
    const d = recorded.dimension;
    for (let t = 0; t < recorded.batches.length; t++) {
      await cohort.execute([{ from: t, to: t + 1, record: false }]);
      const { values } = await cohort.save();
      recorded.runs.forEach(({ parameter }, k) => {
        expect(distance(values.subarray(k * MAX_SLOTS * d, (k * MAX_SLOTS + 1) * d), parameter[t]!)).toBeLessThan(
          1e-10,
        );
      });
    }
  });
});

describe('the comparison notices', () => {
  const find = (optimizer: string) => recorded.runs.filter((run) => run.optimizer === optimizer);

  it("Adam's bias correction left out, or multiplied instead of divided", () => {
    for (const run of find('adam')) {
      expect(deviation(run, { at: (c) => c })).toBeGreaterThan(1e-3);
      const inverse = (c: readonly number[], t: number) => [
        ...c.slice(0, 6),
        1 / -Math.expm1(t * c[4]!),
        1 / -Math.expm1(t * c[5]!),
      ];
      expect(deviation(run, { at: inverse })).toBeGreaterThan(1e-3);
    }
  });

  it('ε inside of the root', () => {
    const inside: OptimizerDefinition['step'] = ([w, m, v], g, [eta, epsilon, rate1, rate2, , , one, two]) => {
      g.forEach((x, j) => {
        m![j] = m![j]! + rate1! * (x - m![j]!);
        v![j] = v![j]! + rate2! * (x * x - v![j]!);
        w![j] = w![j]! - (eta! * (m![j] / one!)) / Math.sqrt(v![j] / two! + epsilon!);
      });
    };
    expect(deviation(find('adam')[1]!, { step: inside })).toBeGreaterThan(1e-3);
  });

  it('a momentum that is damped, or that Nesterov does not look ahead with', () => {
    const damped: OptimizerDefinition['step'] = ([w, previous], g, [eta, gamma]) => {
      g.forEach((x, j) => {
        const next = w![j]! - (1 - gamma!) * eta! * x + gamma! * (w![j]! - previous![j]!);
        previous![j] = w![j]!;
        w![j] = next;
      });
    };
    expect(deviation(find('heavy-ball')[0]!, { step: damped })).toBeGreaterThan(1e-2);
    for (const run of find('nesterov')) {
      const heavyBall = find('heavy-ball')[0]!;
      expect(deviation({ ...heavyBall, hyper: run.hyper, parameter: run.parameter })).toBeGreaterThan(1e-2);
    }
  });
});
