/** Sweeps as documents: out and in again, and whatever is done to them in between. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CellOutcome } from '../../src/engine/sweep/events';
import { ConfigError } from '../../src/experiment/config';
import { parseDocument } from '../../src/export/import';
import { outcomeOf } from '../../src/export/sweep/import';
import { sweepJson, sweepResult } from '../../src/export/sweep/result';
import { mass, sgd } from '../support/experiments';
import { swept } from '../support/sweeps';
import { finished } from '../unit/sweep-fakes';

const engine = { engine: 'webgpu', adapter: { vendor: 'acme', architecture: 'x1', description: '' } } as const;

const positive = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
const loss = fc.oneof(positive, fc.constant(Infinity));
const step = fc.nat(1e6);
/** What a cell may come to, but for its key. */
const cell = fc.record(
  {
    lanes: fc.constant(3),
    diverged: fc.nat(3),
    divergedAt: step,
    loss: fc.record({ median: loss, low: loss, high: loss }),
    side: fc.oneof(
      fc.record({ testLoss: loss }),
      fc.record({
        accuracy: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(-Infinity)),
        testLoss: loss,
      }),
    ),
    start: positive,
    rate: fc.double({ noNaN: true, noDefaultInfinity: true }),
    stepsToTolerance: positive,
    steps: step,
  },
  { requiredKeys: ['lanes', 'diverged', 'loss', 'start', 'steps'] },
);

/** A sweep of some size, some of its cells not computed. */
const sweep = fc
  .record({
    columns: fc.integer({ min: 2, max: 4 }),
    rows: fc.integer({ min: 2, max: 3 }),
    others: fc.constantFrom('fixed' as const, 'optimal' as const),
    cells: fc.array(fc.option(cell, { nil: undefined }), { minLength: 1, maxLength: 12 }),
    radius: fc.option(loss, { nil: undefined }),
  })
  .map(({ columns, rows, others, cells, radius }) => {
    const config = swept(
      { runs: [sgd(), mass()] },
      {
        x: { parameter: 'eta', from: 0.02, to: 2, count: columns },
        y: { parameter: 'batch', from: 1, to: 4, count: rows },
        others,
      },
    );
    let k = 0;
    const data = finished(
      config,
      (_, key): CellOutcome | undefined => {
        const found = cells[k++ % cells.length];
        return found && { ...found, key };
      },
      radius === undefined ? undefined : () => radius,
    );
    return { data, engine };
  });

/** Zeros without their signs. */
const withoutSigns = (outcome: CellOutcome): unknown =>
  JSON.parse(
    JSON.stringify(outcome, (_, value: unknown) =>
      typeof value === 'number' ? String(value === 0 ? 0 : value) : value,
    ),
  );

describe("a sweep's document", () => {
  it('comes back exactly, and so does what its cells came to', () => {
    fc.assert(
      fc.property(sweep, (source) => {
        const document = parseDocument(sweepJson(source));
        expect(document).toEqual({ kind: 'sweep', result: JSON.parse(JSON.stringify(sweepResult(source))) as unknown });
        if (document.kind !== 'sweep') return;
        const found = document.result.maps.flatMap(({ run, cells }) =>
          cells.flatMap((one) => (one ? [outcomeOf(run, one)] : [])),
        );
        // JSON has one zero.
        const byKey = (outcomes: Iterable<CellOutcome>) =>
          new Map(Array.from(outcomes, (one) => [one.key, withoutSigns(one)]));
        expect(byKey(found)).toEqual(byKey(source.data.outcomes.values()));
      }),
      { numRuns: 60 },
    );
  });

  it('gives a document or a ConfigError that names a place, whatever is done to its text', () => {
    const edit = fc.tuple(
      fc.nat(),
      fc.integer({ min: 0, max: 6 }),
      fc.constantFrom('', '"', '{', ']', ',', '-', '0', '7', 'e999', 'null', '[[', ':', '"maps"'),
    );
    fc.assert(
      fc.property(sweep, fc.array(edit, { minLength: 1, maxLength: 3 }), (source, edits) => {
        let text = sweepJson(source);
        for (const [at, cut, put] of edits) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + put + text.slice(place + cut);
        }
        try {
          const document = parseDocument(text);
          if (document.kind === 'sweep')
            for (const { run, cells } of document.result.maps) for (const one of cells) if (one) outcomeOf(run, one);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          expect((error as ConfigError).message).not.toBe('');
        }
      }),
      { numRuns: 150 },
    );
  });

  const source = () =>
    JSON.parse(
      sweepJson({
        data: finished(swept(), (_, key) => ({
          key,
          lanes: 3,
          diverged: 0,
          loss: { median: 1, low: 1, high: 1 },
          start: 1,
          steps: 5,
        })),
        engine,
      }),
    ) as { x: number[]; maps: { run: object; cells: Record<string, unknown>[] }[] };
  it.each<[string, (document: ReturnType<typeof source>) => unknown, string]>([
    ['another value on an axis', (one) => (one.x[1] = 0.3), 'x[1]: must be 0.2'],
    ['a value too few', (one) => one.x.pop(), 'cells: must have 2 × 3 entries'],
    [
      'a cell of another place',
      (one) => one.maps[0]!.cells.reverse(),
      'maps[0].cells[0].hyper.eta: must be 0.02, is 2',
    ],
    ['a map twice', (one) => (one.maps[1] = one.maps[0]!), 'maps[1].run: is none of the runs'],
    [
      'more divergence than lanes',
      (one) => (one.maps[0]!.cells[0]!['diverged'] = 4),
      'maps[0].cells[0].diverged: must be at most 3',
    ],
    ['a foreign field', (one) => Object.assign(one, { author: 'me' }), 'author'],
  ])('is refused with %s', (_, spoil, message) => {
    const document = source();
    spoil(document);
    expect(() => parseDocument(JSON.stringify(document))).toThrow(message);
  });
});
