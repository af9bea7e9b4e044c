/** Update equations with the run's numbers in the place of its symbols. */

export interface Substitution {
  /** TeX of the symbol, e.g. `\\eta_1`. */
  readonly symbol: string;
  readonly value: number;
}

/** A number in TeX, to four digits: `0.1667`, `1.2\times10^{-5}`. */
export function texNumber(value: number): string {
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-3 && magnitude < 1e5) return String(Number(value.toPrecision(4)));
  const [mantissa, exponent] = value.toExponential(3).split('e') as [string, string];
  const power = `10^{${Number(exponent)}}`;
  return Number(mantissa) === 1 ? power : `${Number(mantissa)}\\times${power}`;
}

/** Puts numbers for symbols, in `colour`. Longer symbols go first, so that η₁ is not read as η with an index. */
export function withNumbers(equation: string, numbers: readonly Substitution[], colour: string): string {
  if (numbers.length === 0) return equation;
  const values = new Map(numbers.map(({ symbol, value }) => [symbol, value]));
  const pattern = [...values.keys()]
    .sort((a, b) => b.length - a.length)
    .map((symbol) => symbol.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('|');
  // Not followed by a letter: \eta must not match the start of a longer command.
  return equation.replace(new RegExp(`(?:${pattern})(?![a-zA-Z])`, 'g'), (symbol) => {
    const number = texNumber(values.get(symbol)!);
    // A product of a mantissa and a power of ten keeps together when it is raised to a power itself.
    return `{\\textcolor{${colour}}{${number.includes('^') ? `(${number})` : number}}}`;
  });
}
