import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendPoints, emptyCurve } from '../../src/experiment/curves';
import { optimizers } from '../../src/optimizers/registry';
import { numberText, parseNumber, parseNumberList } from '../../src/ui/controls/number-text';
import { sliderSteps, ticks, toPosition, toValue, type SliderScale } from '../../src/ui/controls/scale';
import { texNumber, withNumbers } from '../../src/ui/equations/tex';
import { expectationText, outcomeText } from '../../src/ui/runs/outcome';
import { bytesText, durationText, rateText, stateText } from '../../src/ui/transport/progress-text';

describe('typed numbers', () => {
  it.each([
    ['0.1', 0.1],
    [' 1e-3 ', 0.001],
    ['.5', 0.5],
    ['5.', 5],
    ['0,05', 0.05],
    ['3,000', 3000],
    ['1,234,567.5', 1234567.5],
    ['−2', -2],
    ['1/6', 1 / 6],
    ['2^-9', 2 ** -9],
    ['10 000', 10_000],
  ])('reads %s', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it.each(['', 'abc', '1e', '1/0', '0x10', 'Infinity', 'NaN', '1,2,3', '1 / 2 / 3', '--1', '1e999', '()'])(
    'refuses %j',
    (text) => {
      expect(parseNumber(text)).toBeUndefined();
    },
  );

  it('shows numbers so that they read back to four digits', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }), (value) => {
        const read = parseNumber(numberText(value))!;
        expect(Math.abs(read - value)).toBeLessThanOrEqual(Math.abs(value) * 5.01e-4);
      }),
    );
  });

  it('never shows a momentum below one as one', () => {
    expect(numberText(0.99999)).toBe('0.99999');
    expect(numberText(1 - 1e-7)).not.toBe('1');
  });

  it('names the entry of a list that is no number', () => {
    expect(parseNumberList('1, 0.5; 2^-9\n3')).toEqual({ values: [1, 0.5, 2 ** -9, 3] });
    expect(parseNumberList('1 two 3')).toEqual({ error: 'Entry 2, “two”, is not a number.' });
    expect(parseNumberList('  ')).toHaveProperty('error');
  });

  it.each(['1,500', '3 10,000', '100,200,300;7', '1,500,2000'])('does not guess how many numbers %j are', (text) => {
    const { error } = parseNumberList(text) as { error: string };
    expect(error).toMatch(/may be one number or several: write \d+, or \d+(, \d+)+ with spaces\.$/);
  });

  it('takes commas that only part numbers', () => {
    expect(parseNumberList('1,50')).toEqual({ values: [1, 50] });
    expect(parseNumberList('1, 500')).toEqual({ values: [1, 500] });
    expect(parseNumberList('1000,2000')).toEqual({ values: [1000, 2000] });
    expect(parseNumberList('0.25,0.125')).toEqual({ values: [0.25, 0.125] });
    expect(parseNumberList('1,0.125')).toEqual({ values: [1, 0.125] });
  });
});

describe('slider scales', () => {
  const cases: [SliderScale, { min: number; max: number }][] = [
    ['linear', { min: 0, max: 4 }],
    ['log', { min: 1e-5, max: 10 }],
    ['log2', { min: 1, max: 1024 }],
    ['log-to-one', { min: 0, max: 0.9999 }],
  ];

  it.each(cases)('%s: positions and values agree at every stop', (scale, range) => {
    const steps = sliderSteps(scale, range);
    let before = Number.NEGATIVE_INFINITY;
    for (let k = 0; k <= steps; k++) {
      const value = toValue(scale, range, k / steps);
      expect(value).toBeGreaterThan(before);
      expect(Math.round(toPosition(scale, range, value) * steps)).toBe(k);
      before = value;
    }
    expect(toValue(scale, range, 0)).toBe(range.min);
    expect(toValue(scale, range, 1)).toBe(range.max);
  });

  it('does not get stuck between whole numbers', () => {
    const range = { min: 10, max: 400 };
    const steps = sliderSteps('log', range, true);
    for (let k = 0; k <= steps; k++) {
      const value = Math.round(toValue('log', range, k / steps));
      expect(Math.round(toPosition('log', range, value) * steps)).toBe(k);
    }
  });

  it.each(cases)('%s: values beyond the ends stand at the ends', (scale, range) => {
    expect(toPosition(scale, range, range.min - 1)).toBe(0);
    expect(toPosition(scale, range, scale === 'log-to-one' ? 0.999999 : range.max * 100)).toBe(1);
  });

  it('marks decades and keeps momenta readable', () => {
    expect(ticks('log', { min: 1e-5, max: 10 })).toHaveLength(7);
    expect(ticks('log-to-one', { min: 0, max: 0.9999 })).toHaveLength(5);
    expect(ticks('log2', { min: 1, max: 1024 })).toHaveLength(11);
    expect(toValue('log-to-one', { min: 0, max: 0.9999 }, 0.5)).toBe(0.99);
  });

  it('has a stop for every slider of every optimizer', () => {
    for (const { hyper } of optimizers)
      for (const { scale, slider, default: value } of hyper) {
        const position = toPosition(scale, slider, value);
        expect(position).toBeGreaterThan(0);
        expect(position).toBeLessThan(1);
      }
  });
});

describe('equations with numbers', () => {
  it('replaces η₁ before η and leaves other commands alone', () => {
    const numbers = [
      { symbol: '\\eta', value: 0.5 },
      { symbol: '\\eta_1', value: 0.25 },
    ];
    const text = withNumbers('\\eta_1 + \\eta + \\beta + \\etax', numbers, '#123456');
    expect(text).toBe('{\\textcolor{#123456}{0.25}} + {\\textcolor{#123456}{0.5}} + \\beta + \\etax');
  });

  it('leaves no symbol of a parameter in any optimizer’s equations', () => {
    for (const { hyper, derived, equations } of optimizers) {
      const values = Object.fromEntries(hyper.map((h) => [h.key, h.default]));
      const numbers = [
        ...hyper.map(({ symbol, default: value }) => ({ symbol, value })),
        ...(derived as (hyper: Record<string, number>) => { symbol: string; value: number }[])(values),
      ];
      for (const equation of equations)
        expect(withNumbers(equation, numbers, '#123456')).not.toMatch(/\\(eta|gamma|alpha|beta|varepsilon|kappa)/);
    }
  });

  it('writes small numbers with a power of ten', () => {
    expect(texNumber(1e-8)).toBe('10^{-8}');
    expect(texNumber(1.25e-5)).toBe('1.25\\times10^{-5}');
    expect(texNumber(1 / 6)).toBe('0.1667');
    expect(texNumber(0)).toBe('0');
  });
});

describe('outcomes', () => {
  const run = { optimizer: 'sgd', batch: 1, hyper: { eta: 0.1 } } as const;
  const curve = (outcomes: ('running' | 'completed' | number)[]) => {
    const made = emptyCurve('key', run, outcomes.length);
    appendPoints(made, {
      step: [0, 500],
      seconds: [0, 1],
      loss: new Float64Array(2 * outcomes.length).fill(1),
      outcomes: outcomes.map((outcome) =>
        typeof outcome === 'number'
          ? { kind: 'diverged', step: outcome, lastFiniteLoss: 9 }
          : outcome === 'running'
            ? { kind: 'running', step: 500 }
            : { kind: 'completed' },
      ),
    });
    return made;
  };

  it('tells how a run stands', () => {
    expect(outcomeText(true, undefined, 'going').text).toBe('starting');
    expect(outcomeText(true, curve(['running', 'running']), 'going').text).toBe('step 500');
    expect(outcomeText(true, { ...curve(['completed']), finished: true }, 'resting')).toEqual({
      text: 'completed',
      tone: 'good',
    });
    expect(outcomeText(false, curve(['completed']), 'failed').text).toBe('switched off');
  });

  it('tells of a race that was interrupted and waits', () => {
    expect(outcomeText(true, undefined, 'offered')).toEqual({ text: 'interrupted', tone: 'quiet' });
    expect(stateText('idle', false, false, true)).toBe('Interrupted');
    expect(stateText('idle', false, true, true)).toBe('Failed');
  });

  it('tells what a failure left of a run', () => {
    expect(outcomeText(true, undefined, 'failed')).toEqual({ text: 'could not start', tone: 'bad' });
    expect(outcomeText(true, curve(['running', 'running']), 'failed')).toEqual({
      text: 'stopped at step 500',
      tone: 'bad',
    });
    expect(outcomeText(true, { ...curve(['completed']), finished: true }, 'failed').text).toBe('completed');
  });

  it('tells how many lanes diverged, and where the first did', () => {
    expect(outcomeText(true, curve([300, 'running', 120]), 'going')).toEqual({
      text: '2 of 3 lanes diverged from step 120',
      tone: 'warn',
    });
    expect(outcomeText(true, curve([300, 120]), 'resting')).toMatchObject({ tone: 'bad' });
    expect(outcomeText(true, curve([120]), 'resting').text).toBe('diverged at step 120');
  });

  it('says when the expectation diverges, with digits that show on which side of 1 ρ is', () => {
    expect(expectationText(1.0306994)).toEqual({ text: 'expectation diverges, ρ = 1.0307', tone: 'bad' });
    expect(expectationText(0.99999871)!.text).toBe('ρ = 0.9999987');
    expect(expectationText(undefined)).toBeUndefined();
  });
});

describe('progress', () => {
  it('uses units that fit', () => {
    expect(rateText(1_234_000)).toBe('1.23M steps/s');
    expect([0.2, 42, 75, 7300].map(durationText)).toEqual(['< 1 s', '42 s', '1 min 15 s', '2 h 1 min']);
    expect([59.7, 119.6, 3599.8].map(durationText)).toEqual(['1 min 0 s', '2 min 0 s', '1 h 0 min']);
    expect([12, 2048, 123 * 2 ** 20].map(bytesText)).toEqual(['12 B', '2.00 KiB', '123 MiB']);
  });
});
