/** The problem that a session follows, made ready: its rows, and what theory says of it. */
import type { ExperimentConfig } from '../experiment/config';
import { prepareProblem } from '../problems/registry';
import type { LeastSquares, Objective, PrepareContext } from '../problems/types';
import { objectiveConstants } from '../theory/advice';
import { exactForm } from '../theory/kernel-rows';
import type { KnownConstants } from '../theory/spectral';

export interface PreparedProblem {
  /** {@link problemKey} of the configuration that it was prepared for. */
  readonly key: string;
  readonly value: Objective;
  /** Absent for networks. */
  readonly constants: KnownConstants | undefined;
  /** What theory looks at; absent for networks. */
  readonly exact: LeastSquares | undefined;
}

/** The same for configurations with the same objective. */
export const problemKey = ({ problem, seed }: ExperimentConfig): string => JSON.stringify([problem, seed]);

/** Rejects with a readable error where the problem cannot be made, and with the signal's reason. */
export async function preparedProblem(
  config: ExperimentConfig,
  { table, signal }: { readonly table: PrepareContext['table']; readonly signal: AbortSignal },
): Promise<PreparedProblem> {
  const value = await prepareProblem(config.problem, { seed: config.seed, table, signal });
  const constants = value.family === 'network' ? undefined : await objectiveConstants(value, { signal });
  const exact = value.family === 'network' ? undefined : ((await exactForm(value, { signal })) ?? value);
  signal.throwIfAborted();
  return { key: problemKey(config), value, constants, exact };
}
