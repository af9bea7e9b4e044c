/** Where contestants that do not draw for themselves get their minibatches. */
import { decoupledSample } from '../src/random/random';
import { LeastSquaresReference } from '../src/problems/least-squares';
import type { Task } from './tasks';

/** Minibatches of one step for all seeds of a task. The arrays are overwritten by the next call. */
export interface Draws {
  /** Row numbers of stored data, seeds × batch. */
  rows(step: number): Int32Array<ArrayBuffer>;
  /** Samples of a stream, seeds × batch × dimension. */
  samples(step: number): Float32Array<ArrayBuffer>;
}

/** What the engine draws: for the checks. */
export function twinDraws({ objective, config, seeds, batch }: Task): Draws {
  const twin = new LeastSquaresReference(objective, { seed: config.seed, mode: config.sampling });
  const keys = Array.from({ length: seeds }, (_, seed) => twin.key(seed));
  const rows = new Int32Array(seeds * batch);
  const samples = new Float32Array(seeds * batch * objective.dimension);
  return {
    rows: (step) => {
      keys.forEach((key, seed) => {
        for (let i = 0; i < batch; i++) rows[seed * batch + i] = twin.row(key, step, i, batch);
      });
      return rows;
    },
    samples: (step) => {
      samples.fill(0);
      const { dimension } = objective;
      const { scales } = streamOf(objective);
      keys.forEach((key, seed) => {
        for (let i = 0; i < batch; i++) {
          const { axis, z } = decoupledSample(key, step, i, dimension);
          samples[(seed * batch + i) * dimension + axis] = scales[axis]! * z;
        }
      });
      return samples;
    },
  };
}

/** Minibatches of the same distribution, drawn as cheaply as JavaScript can: what the clock runs for. */
export function cheapDraws({ objective, seeds, batch }: Task): Draws {
  const rows = new Int32Array(seeds * batch);
  const samples = new Float32Array(seeds * batch * objective.dimension);
  const count = objective.rows.kind === 'stored' ? objective.rows.count : 0;
  return {
    rows: () => {
      for (let k = 0; k < rows.length; k++) rows[k] = (Math.random() * count) | 0;
      return rows;
    },
    samples: () => {
      samples.fill(0);
      const { dimension } = objective;
      const { scales } = streamOf(objective);
      for (let k = 0; k < seeds * batch; k++) {
        const axis = (Math.random() * dimension) | 0;
        // Box–Muller; z ~ N(0, 2).
        const z = Math.sqrt(-4 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
        samples[k * dimension + axis] = scales[axis]! * z;
      }
      return samples;
    },
  };
}

function streamOf({ rows }: Task['objective']) {
  if (rows.kind !== 'component-decoupled') throw new Error('no task draws such samples');
  return rows;
}
