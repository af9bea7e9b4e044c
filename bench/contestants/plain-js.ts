/**
 * One thread of tuned JavaScript on Float32Array: four rows at a time, so that each load of a weight serves four products,
 * and a minibatch is drawn once for all lanes that share it.
 */
import { lossesAt } from '../check';
import type { Contestant } from '../contestant';
import { javascriptNetwork } from '../network/javascript';
import { cheapDraws, twinDraws, type Draws } from '../draws';
import type { Task } from '../tasks';

export const plainJs: Contestant = {
  id: 'javascript',
  label: 'JavaScript, one thread',
  note: 'Float32Array, four rows at a time',
  network: (task) => Promise.resolve(javascriptNetwork(task)),
  prepare: (task) => {
    const run = task.objective.rows.kind === 'stored' ? storedLanes(task) : streamLanes(task);
    return Promise.resolve({
      losses: (steps) => Promise.resolve(lossesAt(task, run(steps, twinDraws(task)))),
      time: (steps) => {
        const draws = cheapDraws(task);
        const start = performance.now();
        run(steps, draws);
        return Promise.resolve(performance.now() - start);
      },
      close: () => undefined,
    });
  },
};

/** All lanes' weights after `steps` steps from the start, lanes × dimension. */
type Run = (steps: number, draws: Draws) => Float32Array;

function storedLanes({ objective, runs, seeds, batch, steps: rules }: Task): Run {
  const { rows, dimension: d, start } = objective;
  if (rows.kind !== 'stored' || batch % 4 !== 0) throw new Error('rows are taken four at a time');
  const { features: X, targets: y } = rows;
  const g = new Float32Array(d);

  /** One step of the lane at `o`, on the minibatch at `first`. */
  const step = (
    u: Float32Array,
    w: Float32Array,
    o: number,
    drawn: Int32Array,
    first: number,
    eta1: number,
    gamma: number,
    eta2: number,
  ): void => {
    g.fill(0);
    for (let i = first; i < first + batch; i += 4) {
      const b0 = drawn[i]!;
      const b1 = drawn[i + 1]!;
      const b2 = drawn[i + 2]!;
      const b3 = drawn[i + 3]!;
      const x0 = b0 * d;
      const x1 = b1 * d;
      const x2 = b2 * d;
      const x3 = b3 * d;
      let p0 = 0;
      let p1 = 0;
      let p2 = 0;
      let p3 = 0;
      for (let j = 0; j < d; j++) {
        const v = u[o + j]!;
        p0 += X[x0 + j]! * v;
        p1 += X[x1 + j]! * v;
        p2 += X[x2 + j]! * v;
        p3 += X[x3 + j]! * v;
      }
      const r0 = (p0 - y[b0]!) / batch;
      const r1 = (p1 - y[b1]!) / batch;
      const r2 = (p2 - y[b2]!) / batch;
      const r3 = (p3 - y[b3]!) / batch;
      for (let j = 0; j < d; j++) g[j]! += r0 * X[x0 + j]! + r1 * X[x1 + j]! + r2 * X[x2 + j]! + r3 * X[x3 + j]!;
    }
    for (let j = 0; j < d; j++) {
      const next = u[o + j]! - eta1 * g[j]!;
      u[o + j] = (1 + gamma) * next - gamma * w[o + j]! + eta2 * g[j]!;
      w[o + j] = next;
    }
  };

  return (steps, draws) => {
    const w = new Float32Array(runs * seeds * d);
    for (let k = 0; k < runs * seeds; k++) w.set(start, k * d);
    const u = w.slice();
    for (let t = 0; t < steps; t++) {
      const drawn = draws.rows(t);
      for (let run = 0; run < runs; run++) {
        const { eta1, gamma, eta2 } = rules[run]!;
        for (let seed = 0; seed < seeds; seed++)
          step(u, w, (run * seeds + seed) * d, drawn, seed * batch, eta1, gamma, eta2);
      }
    }
    return w;
  };
}

function streamLanes({ objective, runs, seeds, batch, steps: rules }: Task): Run {
  const { dimension: d, start } = objective;
  if (d !== 2 || batch !== 1) throw new Error('streams are written for two dimensions and batch 1');
  return (steps, draws) => {
    const w = new Float32Array(runs * seeds * 2);
    for (let k = 0; k < runs * seeds; k++) w.set(start, k * 2);
    const u = w.slice();
    for (let t = 0; t < steps; t++) {
      const samples = draws.samples(t);
      for (let run = 0; run < runs; run++) {
        const { eta1, gamma, eta2 } = rules[run]!;
        for (let seed = 0; seed < seeds; seed++) {
          const o = (run * seeds + seed) * 2;
          const x0 = samples[2 * seed]!;
          const x1 = samples[2 * seed + 1]!;
          const r = x0 * u[o]! + x1 * u[o + 1]!;
          const g0 = r * x0;
          const g1 = r * x1;
          const next0 = u[o]! - eta1 * g0;
          const next1 = u[o + 1]! - eta1 * g1;
          u[o] = (1 + gamma) * next0 - gamma * w[o]! + eta2 * g0;
          u[o + 1] = (1 + gamma) * next1 - gamma * w[o + 1]! + eta2 * g1;
          w[o] = next0;
          w[o + 1] = next1;
        }
      }
    }
    return w;
  };
}
