/** How much arithmetic a race on a network is, known before its data are: what its time is estimated from. */
import type { DatasetSummary } from '../data/dataset-store';
import type { ExperimentConfig } from '../experiment/config';
import { evaluationSteps, RECORDING_SHARE } from '../experiment/schedule';
import { multiplyAdds } from '../models/cost';
import { drawUp } from '../models/network';
import { dataShape } from '../problems/network-shape';

/**
 * Multiply-adds of all lanes of a race, forward, backward and recorded; undefined where it is not one on a network, or where
 * the data set is not known. Elementwise operations count their outputs, what is dropped of a table is counted as well.
 */
export function networkWork(
  { problem, runs, seeds, steps, evalEvery }: ExperimentConfig,
  dataset?: DatasetSummary,
): number | undefined {
  if (problem.kind !== 'network') return undefined;
  const shape = dataShape(problem, dataset);
  if (!shape) return undefined;
  const sample = multiplyAdds(drawUp(shape.input, problem.layers, shape.outputs, problem.loss));
  const enabled = runs.filter((run) => run.enabled !== false);
  // Backward takes twice what forward does.
  const trained = 3 * steps * enabled.reduce((sum, { batch }) => sum + batch, 0);
  const { count, test } = shape.rows.recorded;
  const recorded =
    evalEvery === 'auto'
      ? RECORDING_SHARE * trained
      : enabled.length * evaluationSteps(steps, evalEvery).length * (count + test);
  return seeds * sample * (trained + recorded);
}
