import { describe, expect, it } from 'vitest';
import { expandTemplate } from '../../src/gpu/template';

const lines = (...text: string[]) => text.join('\n');

describe('expandTemplate', () => {
  it('repeats the lines of a loop with its number in place', () => {
    const text = lines('a', '  //#for v in N', '  var g_$v = f($vu, $v);', '  //#end', 'b $v');
    expect(expandTemplate(text, { N: 3 })).toBe(
      lines('a', '  var g_0 = f(0u, 0);', '  var g_1 = f(1u, 1);', '  var g_2 = f(2u, 2);', 'b $v'),
    );
  });

  it('nests loops', () => {
    const text = lines('//#for l in L', '//#for v in V', 's_$l_$v', '//#end', 'end $l', '//#end');
    expect(expandTemplate(text, { L: 2, V: 2 })).toBe(lines('s_0_0', 's_0_1', 'end 0', 's_1_0', 's_1_1', 'end 1'));
  });

  it('starts later where it is told to', () => {
    expect(expandTemplate(lines('//#for v in N from 1', '+ $v', '//#end'), { N: 3 })).toBe(lines('+ 1', '+ 2'));
    expect(expandTemplate(lines('//#for v in N from 1', '+ $v', '//#end'), { N: 1 })).toBe('');
  });

  it('leaves nothing of a loop that repeats zero times, and everything else as it is', () => {
    const text = lines('// a comment', '//#for v in N', 'gone $v', '//#end', '', '$x stays');
    expect(expandTemplate(text, { N: 0 })).toBe(lines('// a comment', '', '$x stays'));
    expect(expandTemplate('', {})).toBe('');
  });

  it('names the line of a mistake', () => {
    expect(() => expandTemplate(lines('x', '//#for v in N', 'y', '//#end'), {})).toThrow(
      'Line 2: no count is given for N',
    );
    expect(() => expandTemplate(lines('x', '//#for v in N', 'y'), { N: 1 })).toThrow('Line 2: //#for without //#end');
    expect(() => expandTemplate(lines('x', '//#end', 'y'), {})).toThrow('Line 2: //#end without //#for');
    expect(() => expandTemplate(lines('x', 'y', '//#end'), {})).toThrow('Line 3: //#end without //#for');
  });
});
