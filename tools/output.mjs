/** What a command writes: shown as it comes, and cut down to what it says of its failures. */
import { closeSync, openSync, readSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/** How often a file is looked at for more, milliseconds. */
const PERIOD = 200;
/** Where Vitest and Playwright begin to tell what failed, after a line for each test. */
const FAILURES = /^(?:.*⎯ (?:Failed|Unhandled) |\s+1\) )/;

/**
 * Shows what is written to a file as it grows.
 * @param {string} file
 * @param {(bytes: Buffer) => void} show
 * @returns {() => void} shows the rest and ends; to be called when nothing more is written
 */
export function follow(file, show) {
  const input = openSync(file, 'r');
  const buffer = Buffer.alloc(1 << 16);
  const more = () => {
    for (let n = readSync(input, buffer); n > 0; n = readSync(input, buffer)) show(Buffer.from(buffer.subarray(0, n)));
  };
  const timer = setInterval(more, PERIOD);
  return () => {
    clearInterval(timer);
    more();
    closeSync(input);
  };
}

/**
 * The part of a failed command's output that names the failures: from where Vitest and Playwright list them, else its end.
 * @param {string} output
 * @param {number} limit greatest number of lines; where there are more, the first three quarters and the last one are kept
 */
export function failuresOf(output, limit = 60) {
  const lines = stripVTControlCharacters(output).trimEnd().split('\n');
  const first = lines.findIndex((line) => FAILURES.test(line));
  if (first < 0) return lines.slice(-limit).join('\n');
  const named = lines.slice(first);
  if (named.length <= limit) return named.join('\n');
  const end = Math.floor(limit / 4);
  const left = named.length - limit;
  return [...named.slice(0, limit - end), `… ${left} more lines …`, ...named.slice(-end)].join('\n');
}
