/** JSON whose errors tell the place. */
import { parse } from '@humanwhocodes/momoa';
import { Failure, oneLine } from './failure';

interface Place {
  /** Characters before the mistake. */
  readonly offset: number;
  readonly reason: string;
}

/**
 * Parses a JSON document.
 * @param source name for messages
 * @throws Failure as `source:line:column: not valid JSON: reason` (both counted from 1)
 */
export function parseJson(text: string, source: string): unknown {
  const json = text.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(json);
  } catch (error) {
    const { offset, reason } = place(json, oneLine(error));
    const before = json.slice(0, offset).split('\n');
    throw new Failure(`${source}:${before.length}:${(before.at(-1) ?? '').length + 1}: not valid JSON: ${reason}`);
  }
}

/** JSON.parse tells the position of some mistakes; where it does not, a second parser is asked. */
function place(json: string, message: string): Place {
  const position = /^(?<reason>.*) in JSON at position (?<offset>\d+)/.exec(message)?.groups;
  if (position) return { offset: Number(position['offset']), reason: position['reason'] ?? message };
  if (message.includes('end of JSON input')) return { offset: json.trimEnd().length, reason: 'it ends too early' };
  try {
    parse(json, { mode: 'json' });
  } catch (error) {
    if (error instanceof Error && 'offset' in error && typeof error.offset === 'number') {
      const reason = oneLine(error).replace(/( found)?\.?\s*(\(\d+:\d+\))?$/, '');
      // A token has a name of that parser's own.
      const named = reason.startsWith('Unexpected token');
      return { offset: error.offset, reason: named ? `Unexpected '${json[error.offset] ?? ''}'` : reason };
    }
  }
  return { offset: 0, reason: message };
}
