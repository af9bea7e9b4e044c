/** Every problem the playground knows. Add one here and it is in the page, the schema, the command line and the tests. */
import { z } from 'zod';
import { componentDecoupled } from './component-decoupled';
import { gaussian } from './gaussian';
import { kernelRegression } from './kernel-regression';
import { linearRegression } from './linear-regression';
import { network } from './network';
import type { LeastSquares, Objective, PrepareContext, ProblemDefinition } from './types';

export const problems = [componentDecoupled, gaussian, linearRegression, kernelRegression, network] as const;

export const problemSchema = z.discriminatedUnion('kind', [
  componentDecoupled.schema,
  gaussian.schema,
  linearRegression.schema,
  kernelRegression.schema,
  network.schema,
]);
export type ProblemConfig = z.infer<typeof problemSchema>;
export type ProblemKind = ProblemConfig['kind'];

/** The definition behind a configuration's `kind`. */
export function problemOf(kind: ProblemKind): ProblemDefinition {
  const found = problems.find((problem) => problem.kind === kind);
  if (!found) throw new Error(`no problem "${kind}"`);
  return found;
}

/** The problem in a few words. */
export function titleOf(config: ProblemConfig): string {
  const problem = problemOf(config.kind);
  return problem.title?.(config) ?? problem.label;
}

/** Names of the files that a problem reads; undefined where it reads none. */
export const filesOf = (config: ProblemConfig): readonly string[] | undefined => problemOf(config.kind).files?.(config);

/** As {@link prepareProblem}, for what is done with linear models only; throws a readable error for networks. */
export async function prepareLinear(config: ProblemConfig, context: PrepareContext): Promise<LeastSquares> {
  const objective = await prepareProblem(config, context);
  if (objective.family === 'network') throw new Error('There is no exact theory of networks: choose a linear problem.');
  return objective;
}

export const prepareProblem = (config: ProblemConfig, context: PrepareContext): Promise<Objective> =>
  problemOf(config.kind).prepare(config, context);
