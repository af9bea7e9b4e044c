/** Any valid document is taken as it is; any broken one is refused with an error that names the place. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, parseExperiment, parseWith, runKey, runSchema } from '../../src/experiment/config';
import { defaultExperiment } from '../../src/experiment/default';
import { axisValues, cellRun } from '../../src/experiment/sweep';
import { optimizerOf } from '../../src/optimizers/registry';
import { experimentConfig, runConfig, sweepConfig } from './arbitraries';

/** All places of a document: paths to every value in it. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Object.entries(value).flatMap(([key, entry]) =>
    places(entry, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length > 0 ? [path, ...inside] : inside;
}

function put(document: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const copy: unknown = structuredClone(document);
  let at = copy as Record<string | number, unknown>;
  for (const part of path.slice(0, -1)) at = at[part] as Record<string | number, unknown>;
  at[path.at(-1)!] = value;
  return copy;
}

const asPath = (path: readonly (string | number)[]) =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');

describe('documents', () => {
  it('that are valid come through unchanged, by way of JSON too', () => {
    fc.assert(
      fc.property(experimentConfig, (config) => {
        expect(parseExperiment(config)).toEqual(config);
        expect(parseExperiment(JSON.parse(JSON.stringify(config)))).toEqual(config);
      }),
    );
  });

  it('of any kind are taken or refused with ConfigError, never anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.object(), fc.jsonValue()), (document) => {
        try {
          parseExperiment(document);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          expect((error as ConfigError).message).not.toBe('');
        }
      }),
    );
  });

  it('with one value of the wrong kind are refused at that value', () => {
    const all = places(defaultExperiment);
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.constantFrom<unknown>(null, Number.NaN, Number.NEGATIVE_INFINITY, true, {}, [], 'nonsense', -5, 1e300),
        (path, value) => {
          const document = put(defaultExperiment, path, value);
          try {
            parseExperiment(document);
          } catch (error) {
            expect(error).toBeInstanceOf(ConfigError);
            const where = (error as ConfigError).issues.map((issue) => issue.path);
            // The error stands at the value, within it, or at what holds it (a choice between shapes).
            const here = asPath(path);
            expect(where.some((at) => at.startsWith(here) || here.startsWith(at))).toBe(true);
            return;
          }
          // Only numbers for numbers may pass.
          expect(typeof value).toBe('number');
        },
      ),
      { numRuns: 400 },
    );
  });

  it('keep unknown fields out, wherever they are', () => {
    const objects = places(defaultExperiment)
      .map((path) => path.slice(0, -1))
      .filter((path) => typeof path.at(-1) !== 'string' || path.at(-1) !== 'values');
    fc.assert(
      fc.property(fc.constantFrom(...objects), (path) => {
        const holder = path.reduce<unknown>(
          (at, part) => (at as Record<string | number, unknown>)[part],
          defaultExperiment,
        );
        if (Array.isArray(holder)) return;
        expect(() => parseExperiment(put(defaultExperiment, [...path, 'surplus'], 1))).toThrow(ConfigError);
      }),
    );
  });
});

describe('axes of sweeps', () => {
  it('do not turn back between ends that are neighbours', () => {
    for (const [from, to, count] of [
      [0.0001937523187248644, 0.0001937523187248645, 11],
      [50.80820804479045, 50.808208044790376, 10],
      [518.783869782811, 518.7838697828116, 6],
    ] as const) {
      const values = axisValues({ parameter: 'eta', from, to, count });
      const sorted = values.toSorted((a, b) => (to > from ? a - b : b - a));
      expect(values).toEqual(sorted);
      expect([values.length, values[0], values.at(-1)]).toEqual([count, from, to]);
    }
  });

  it('have valid values that go one way, from end to end', () => {
    fc.assert(
      fc.property(
        fc.array(runConfig(), { minLength: 1, maxLength: 3 }).chain((runs) =>
          fc.record({
            runs: fc.constant(runs.map((run) => ({ ...run, enabled: true }))),
            sweep: sweepConfig(runs.map((run) => ({ ...run, enabled: true }))),
          }),
        ),
        ({ runs, sweep }) => {
          for (const axis of [sweep.x, sweep.y]) {
            const values = axisValues(axis);
            expect([values[0], values.at(-1)]).toEqual([axis.from, axis.to]);
            expect(values.length).toBeLessThanOrEqual(axis.count);
            const up = axis.to > axis.from;
            values.slice(1).forEach((value, k) => {
              expect(up ? value >= values[k]! : value <= values[k]!).toBe(true);
            });
          }
          // Every cell is a valid run.
          for (const x of axisValues(sweep.x))
            for (const y of [sweep.y.from, sweep.y.to])
              for (const run of runs) parseWith(runSchema, cellRun(run, sweep, { x, y }, undefined));
        },
      ),
    );
  });
});

describe('run keys', () => {
  it('are equal just where optimizer, batch and every hyper-parameter are', () => {
    fc.assert(
      fc.property(runConfig(), runConfig(), fc.boolean(), (a, other, same) => {
        const b = same ? { ...structuredClone(a), label: 'other', enabled: false } : other;
        const equal =
          a.optimizer === b.optimizer &&
          a.batch === b.batch &&
          optimizerOf(a.optimizer).hyper.every((h) => a.hyper[h.key] === b.hyper[h.key]);
        expect(runKey(a) === runKey(b)).toBe(equal);
      }),
    );
  });
});
