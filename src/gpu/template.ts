/**
 * WGSL with unrolled loops. Registers cannot be indexed at run time, so a kernel that keeps several vectors in them is
 * written once with `//#for x in NAME` … `//#end` round the lines to repeat, and `$x` where the number goes:
 *
 *     //#for v in BLOCKS
 *     var g_$v = vec4f();
 *     //#end
 *
 * `counts` says how often each NAME repeats; `//#for v in BLOCKS from 1` leaves out the first. A loop variable is one letter. Everything else is left as it is.
 */
export function expandTemplate(text: string, counts: Readonly<Record<string, number>>): string {
  const lines = text.split('\n');
  const [expanded, end] = expandLines(lines, 0, counts);
  if (end !== lines.length) throw new Error(`Line ${end + 1}: //#end without //#for`);
  return expanded.join('\n');
}

function expandLines(
  lines: readonly string[],
  start: number,
  counts: Readonly<Record<string, number>>,
): [string[], number] {
  const out: string[] = [];
  let at = start;
  for (; at < lines.length; at++) {
    const line = lines[at]!;
    if (/^\s*\/\/#end\s*$/.test(line)) return [out, at];
    const loop = /^\s*\/\/#for ([a-z]) in (\w+)(?: from (\d+))?\s*$/.exec(line);
    if (!loop) {
      out.push(line);
      continue;
    }
    const [, letter = '', name = '', first = '0'] = loop;
    const count = counts[name];
    if (count === undefined) throw new Error(`Line ${at + 1}: no count is given for ${name}`);
    const [body, end] = expandLines(lines, at + 1, counts);
    if (end >= lines.length) throw new Error(`Line ${at + 1}: //#for without //#end`);
    for (let k = Number(first); k < count; k++)
      out.push(...body.map((text) => text.replaceAll(`$${letter}`, String(k))));
    at = end;
  }
  return [out, at];
}
