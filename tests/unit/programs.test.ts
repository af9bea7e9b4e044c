/** The text of the programs of least-squares lanes: what would make them slow to compile. */
import { expect, it } from 'vitest';
import { guessMapping } from '../../src/engine/gpu/mapping';
import { fusedSteps, type ProgramContext } from '../../src/engine/gpu/programs';
import { planRecording } from '../../src/engine/gpu/record-plan';
import { optimizerIds, type OptimizerId } from '../../src/optimizers/registry';
import { storedProblem, streamProblem } from '../support/problems';

const software = { subgroups: true, subgroupMinSize: 4, subgroupMaxSize: 4 };

const contexts = [storedProblem(200, 64), streamProblem('gaussian', 30)].map((objective): ProgramContext => ({
  objective,
  computedRows: false,
  sampling: 'replacement',
  mapping: guessMapping(objective.dimension, software),
  recording: planRecording(objective),
  workgroup: 4,
}));

it('the text for loading and storing of lanes is the same length, however many there are', () => {
  const accesses = (context: ProgramContext, optimizers: readonly OptimizerId[]) =>
    fusedSteps(context, optimizers, true).match(
      /\b(state|members|alive|losses)\[|\b(load_slots|store_slots|record_mark)\(/g,
    );
  for (const context of contexts) {
    const one = accesses(context, ['adam']);
    expect(one!.length).toBeGreaterThan(10);
    expect(accesses(context, [...optimizerIds, 'adam', 'adam', 'adam'])).toEqual(one);
  }
});
