import { describe, expect, it } from 'vitest';
import { inspect, MOST_MISTAKES } from '../../src/engine/inspect';
import type { LaneWeights } from '../../src/engine/lane-weights';
import { multiplyAdds } from '../../src/models/cost';
import { drawUp, type Shape } from '../../src/models/network';
import { prepareNetwork, defaultNetwork } from '../../src/problems/network';
import { NetworkReference } from '../../src/problems/network-reference';
import { startsOf, startStatistics } from '../../src/problems/start';
import type { Examples, NetworkObjective } from '../../src/problems/types';

/** Scores of three classes are the three numbers of a row times ten. */
function linear(input: Shape, rows: Partial<Examples> & Pick<Examples, 'features' | 'targets'>): NetworkObjective {
  const network = drawUp(input, [], 3, 'cross-entropy');
  const count = rows.targets.length;
  return {
    family: 'network',
    dimension: network.dimension,
    coordinates: 'weights',
    network,
    rows: { kind: 'examples', count, test: 0, recorded: { count, test: 0 }, ...rows },
  };
}

function tenfold({ network }: NetworkObjective): LaneWeights {
  const parameters = new Float32Array(network.dimension);
  const dense = network.operations.find((op) => op.kind === 'dense')!;
  for (let c = 0; c < 3; c++) parameters[dense.weights.offset + c * 4 + c] = 10;
  return { parameters, statistics: new Float32Array(0), step: 7 };
}

const vector = { height: 1, width: 1, channels: 3 };
const hot = (...classes: number[]) =>
  Float32Array.from(classes.flatMap((c) => [0, 1, 2].map((k) => (k === c ? 1 : 0))));
const classes = (...numbers: number[]) => Float32Array.from(numbers);

describe('a look at a classifier', () => {
  it('counts what is taken for what, and tells the worst mistakes first', async () => {
    const features = hot(0, 1, 2, 0, 1, 1);
    // Row 3 says "class 0" at half the strength.
    features[9] = 0.5;
    const objective = linear(vector, { features, targets: classes(0, 1, 2, 1, 2, 1), classNames: ['a', 'b', 'c'] });
    const found = await inspect(objective, tenfold(objective));
    expect(found).toMatchObject({ step: 7, set: 'training', looked: 6, available: 6, classes: ['a', 'b', 'c'] });
    expect([...found.counts]).toEqual([1, 0, 0, 1, 2, 0, 0, 1, 1]);
    expect(found.accuracy).toBe(4 / 6);
    expect(found.mistakes.map(({ row, actual, predicted }) => [row, actual, predicted])).toEqual([
      [4, 2, 1],
      [3, 1, 0],
    ]);
    expect(found.mistakes[0]!.loss).toBeCloseTo(Math.log(Math.exp(10) + 2), 12);
    expect(found.mistakes[1]!.loss).toBeCloseTo(Math.log(Math.exp(5) + 2), 12);
    expect(found.shown).toBeUndefined();
  });

  it('looks at the rows kept for testing, counted from their first', async () => {
    const rows = { count: 2, test: 2, recorded: { count: 2, test: 2 } };
    const objective = linear(vector, { features: hot(0, 0, 1, 2), targets: classes(1, 1, 1, 0), ...rows });
    const found = await inspect(objective, tenfold(objective));
    expect(found).toMatchObject({ set: 'test', looked: 2, available: 2, accuracy: 0.5 });
    expect(found.mistakes.map(({ row }) => row)).toEqual([1]);
    expect(found.classes).toEqual(['0', '1', '2']);
  });

  it('keeps within its work, and says so', async () => {
    const many = Array.from({ length: 100 }, (_, k) => k % 3);
    const objective = linear(vector, { features: hot(...many), targets: classes(...many.map((c) => (c + 1) % 3)) });
    const work = 70 * multiplyAdds(objective.network);
    const found = await inspect(objective, tenfold(objective), { work });
    expect(found).toMatchObject({ looked: 70, available: 100, accuracy: 0 });
    expect(found.counts.reduce((a, b) => a + b)).toBe(70);
    expect(found.mistakes).toHaveLength(MOST_MISTAKES);
    expect((await inspect(objective, tenfold(objective), { work: 1 })).looked).toBe(1);
  });

  it('shows pictures as they are and points as points', async () => {
    const image = { width: 3, height: 1, channels: 1, gain: [0.5], offset: [0.25] };
    const input = { height: 1, width: 3, channels: 1 };
    const pictures = linear(input, { features: hot(0, 2), targets: classes(0, 1), image });
    const parameters = new Float32Array(pictures.dimension);
    const { shown } = await inspect(pictures, { parameters, statistics: new Float32Array(0), step: 0 });
    // Equal scores mean class 0: only row 1 is wrong.
    expect(shown).toEqual({
      kind: 'pictures',
      ...{ width: 3, height: 1, channels: 1 },
      pixels: expect.anything() as never,
    });
    expect(shown!.kind === 'pictures' && [...shown!.pixels]).toEqual([64, 64, 191]);

    const plane = linear(
      { height: 1, width: 1, channels: 2 },
      { features: classes(1, 2, 3, 4), targets: classes(2, 0) },
    );
    const points = await inspect(plane, {
      parameters: new Float32Array(plane.dimension),
      statistics: new Float32Array(0),
      step: 0,
    });
    expect(points.shown).toEqual({ kind: 'points', points: Float32Array.of(1, 2) });
  });

  it('agrees with what is recorded', async () => {
    const problem = { ...defaultNetwork, data: { kind: 'moons' as const, rows: 90, noise: 0.2 }, test: 0.3 };
    const objective = await prepareNetwork(problem, { seed: 1, table: () => Promise.reject(new Error()) });
    const reference = new NetworkReference(objective, { seed: 1, mode: 'replacement' });
    const parameters = Float32Array.from(startsOf(objective, 1)(0));
    const statistics = Float32Array.from(startStatistics(objective));
    const found = await inspect(objective, { parameters, statistics, step: 0 });
    const [, , testLoss, testAccuracy] = reference.record(Float64Array.from(parameters), Float64Array.from(statistics));
    expect(found.loss).toBeCloseTo(testLoss!, 12);
    expect(found.accuracy).toBe(testAccuracy);
  });

  it('refuses what has no classes and weights that are no numbers, and can be stopped', async () => {
    const objective = linear(vector, { features: hot(0), targets: classes(0) });
    const weights = tenfold(objective);
    const values: NetworkObjective = { ...objective, network: drawUp(vector, [], 3, 'squared-error') };
    await expect(inspect(values, weights)).rejects.toThrow('This network predicts values, not classes.');
    const lost = { ...weights, parameters: weights.parameters.map(() => Number.NaN) };
    await expect(inspect(objective, lost)).rejects.toThrow('Not all weights are finite numbers at step 7');
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(inspect(objective, weights, { signal })).rejects.toThrow('stop');
  });
});
