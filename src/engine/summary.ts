/** What the engine tells of a prepared problem. */
import { metricsOf } from '../problems/metrics';
import type { Objective } from '../problems/types';
import type { ObjectiveSummary } from './events';

/** All but the spectral constants. */
export function summaryOf(objective: Objective): Omit<ObjectiveSummary, 'constants'> {
  const { dimension, coordinates, rows } = objective;
  return {
    dimension,
    coordinates,
    metrics: metricsOf(objective),
    ...('count' in rows ? { rows: rows.count } : {}),
    ...(objective.family === 'network'
      ? { testRows: objective.rows.test, parameters: objective.network.parameters }
      : {}),
  };
}
