/** Every optimizer the playground knows. Add one here and it is in the page, the schema, the kernels and the tests. */
import { adam } from './adam';
import { heavyBall } from './heavy-ball';
import { mass } from './mass';
import { nesterov } from './nesterov';
import { sgd } from './sgd';
import type { OptimizerDefinition } from './types';

export const optimizers = [sgd, heavyBall, nesterov, mass, adam] as const;

export type OptimizerId = (typeof optimizers)[number]['id'];

export const optimizerIds = optimizers.map((o) => o.id);

/** The definition of an optimizer. */
export function optimizerOf(id: OptimizerId): OptimizerDefinition<OptimizerId> {
  const found = optimizers.find((o) => o.id === id);
  if (!found) throw new Error(`no optimizer "${id as string}"`);
  return found;
}

/** A fresh record of an optimizer's default hyper-parameters. */
export function defaultHyper(id: OptimizerId): Record<string, number> {
  return Object.fromEntries(optimizerOf(id).hyper.map((h) => [h.key, h.default]));
}
