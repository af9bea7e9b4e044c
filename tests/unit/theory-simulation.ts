/** An oracle that knows nothing of theory: many float64 runs of the optimizers on streams and stored rows. */
import { optimizerOf } from '../../src/optimizers/registry';
import type { LeastSquares } from '../../src/problems/types';
import { normalPair } from '../../src/random/random';
import type { TheoryRun } from '../../src/theory/advice';
import { diagonalMoments } from '../../src/theory/spectral';
import { randomSource } from './theory-dense';

interface Sampler {
  /** Writes a random row and returns its target. */
  readonly draw: (x: Float64Array) => number;
  readonly loss: (w: Float64Array) => number;
}

function samplerOf({ rows, dimension: d }: LeastSquares, random: () => number): Sampler {
  if (rows.kind === 'stored') {
    const { count, features, targets } = rows;
    return {
      draw: (x) => {
        const i = Math.floor(random() * count);
        for (let j = 0; j < d; j++) x[j] = features[i * d + j]!;
        return targets[i]!;
      },
      loss: (w) => {
        let sum = 0;
        for (let i = 0; i < count; i++) {
          let residual = -targets[i]!;
          for (let j = 0; j < d; j++) residual += features[i * d + j]! * w[j]!;
          sum += residual ** 2;
        }
        return sum / (2 * count);
      },
    };
  }
  if (rows.kind === 'kernel') throw new Error('no kernel is simulated');
  const { lambda } = diagonalMoments(rows);
  const word = () => Math.floor(random() * 2 ** 32);
  return {
    draw: (x) => {
      if (rows.kind === 'gaussian')
        for (let j = 0; j < d; j += 2) {
          const pair = normalPair(word(), word());
          x[j] = rows.scales[j]! * pair[0];
          if (j + 1 < d) x[j + 1] = rows.scales[j + 1]! * pair[1];
        }
      else {
        const axis = Math.floor(random() * d);
        x.fill(0);
        x[axis] = rows.scales[axis]! * Math.SQRT2 * normalPair(word(), word())[0];
      }
      return 0;
    },
    loss: (w) => w.reduce((sum, e, j) => sum + (lambda[j]! * e * e) / 2, 0),
  };
}

/** Losses at w of `lanes` independent runs, drawing with replacement, at ascending steps from 1: one array per step. */
export function simulate(
  problem: LeastSquares,
  { optimizer, hyper, batch }: TheoryRun,
  steps: readonly number[],
  lanes: number,
): Float64Array[] {
  const { dimension: d, start } = problem;
  const definition = optimizerOf(optimizer);
  const coefficients = definition.coefficients(hyper);
  const { draw, loss } = samplerOf(problem, randomSource(2024));
  const losses = steps.map(() => new Float64Array(lanes));
  const gradient = new Float64Array(d);
  const x = new Float64Array(d);
  for (let lane = 0; lane < lanes; lane++) {
    const slots = definition.start.map((from) => (from === 'weights' ? start.slice() : new Float64Array(d)));
    const query = slots[0]!;
    for (let t = 1, k = 0; k < steps.length; t++) {
      gradient.fill(0);
      for (let b = 0; b < batch; b++) {
        let residual = -draw(x);
        for (let j = 0; j < d; j++) residual += x[j]! * query[j]!;
        for (let j = 0; j < d; j++) gradient[j]! += (residual / batch) * x[j]!;
      }
      definition.step(slots, gradient, coefficients);
      if (t === steps[k]) losses[k++]![lane] = loss(slots[definition.iterate]!);
    }
  }
  return losses;
}
