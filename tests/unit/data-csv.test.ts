import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../src/data/csv';
import { concat, dataError, utf8 } from './data-files';

const parse = async (text: string) => {
  const { columns, rows, values } = await parseCsv('t.csv', utf8(text));
  return { columns, rows, values: [...values] };
};
const message = async (text: string): Promise<string> => (await dataError(() => parse(text))).message;

describe('text tables', () => {
  it('reads a table with names', async () => {
    expect(await parse('a,b\n1,2.5\n-3,4e2\n')).toEqual({ columns: ['a', 'b'], rows: 2, values: [1, 2.5, -3, 400] });
  });

  it('reads a table without names', async () => {
    expect(await parse('1,2\n3,4')).toEqual({ columns: ['column 1', 'column 2'], rows: 2, values: [1, 2, 3, 4] });
  });

  it.each([
    ['tab', '1.5\t2\n3\t4\n'],
    ['semicolon', '1.5;2\n3;4\n'],
    ['bar', '1.5|2\n3|4\n'],
    ['comma and space', '1.5, 2\n3 , 4\n'],
    ['runs of spaces', '  1.5   2\n 3 4  \n'],
    ['separator at the end', '1.5,2,\n3,4,\n'],
    ['carriage return and line feed', '1.5,2\r\n3,4\r\n'],
    ['carriage return', '1.5,2\r3,4\r'],
    ['mixed line ends', '1.5,2\r\n3,4\n'],
    ['quotes', '"1.5","2"\n"3","4"\n'],
    ['scientific notation', '15e-1,2E0\n+3,.4e+1\n'],
    ['blank lines', '\n1.5,2\n\n\n3,4\n\n \n'],
    ['rows of empty cells at the end', '1.5,2\n3,4\n,\n,\n'],
    ['decimal commas between semicolons', '1,5;2\n3;4\n'],
  ])('finds the way it is written: %s', async (_, text) => {
    expect((await parse(text)).values).toEqual([1.5, 2, 3, 4]);
  });

  it('prefers the separator that gives numbers', async () => {
    expect((await parse('x;y;z\n1,5;2,5;3,5\n4,5;5,5;6,5\n')).values).toEqual([1.5, 2.5, 3.5, 4.5, 5.5, 6.5]);
  });

  it('skips a byte order mark and reads UTF-16', async () => {
    expect((await parse('\ufeffa,b\n1,2\n')).columns).toEqual(['a', 'b']);
    const text = '\ufeffgröße\tb\r\n1\t2\r\n';
    const utf16 = new Uint8Array(Uint16Array.from({ length: text.length }, (_, k) => text.charCodeAt(k)).buffer);
    expect((await parseCsv('t.txt', utf16)).columns).toEqual(['größe', 'b']);
    const swapped = Uint8Array.from(utf16, (_, k) => utf16[k ^ 1]!);
    expect([...(await parseCsv('t.txt', swapped)).values]).toEqual([1, 2]);
  });

  it('keeps names apart, names the nameless and reads quoted names', async () => {
    expect((await parse(',a,a,"b, ""c"""\n1,2,3,4\n')).columns).toEqual(['column 1', 'a', 'a (2)', 'b, "c"']);
    expect((await parse('a,a (2),a\n1,2,3\n')).columns).toEqual(['a', 'a (2)', 'a (3)']);
    expect((await parse('# a b\n1 2\n')).columns).toEqual(['a', 'b']);
    expect((await parse('label,1,2\n5,6,7\n8,9,10\n')).columns).toEqual(['label', '1', '2']);
  });

  it.each(['0x10', '0b1', '0o7', '1_000', '1e', 'x', '--1', '1 2', '1,234,567'])(
    'refuses %s as a number',
    async (cell) => {
      expect(await message(`a;b\n1;2\n${cell};3\n`)).toContain(`t.csv, line 3, column "a": "${cell}" is text`);
    },
  );

  it.each(['', ' ', 'NA', 'n/a', 'NaN', '?', 'null', 'None', '""'])(
    'names the place of a missing value: %j',
    async (cell) => {
      const error = await dataError(() => parse(`a,b\n1,2\n3,${cell}\n5,6\n`));
      expect(error.message).toMatch(/^t\.csv, line 3, column "b": the value is missing/);
      expect(error.place).toEqual({ file: 't.csv', row: 3, column: 'b' });
    },
  );

  it('counts further problems', async () => {
    expect(await message('a,b\n1,\n,2\n3,NA\n')).toMatch(/line 2, column "b".*And 2 more problems\.$/);
    expect(await message('a,b\n1,\n,2\n')).toMatch(/And 1 more problem\.$/);
    expect(await message('a,b\n1,\n3,2\n')).not.toContain('more');
  });

  it('advises on columns of text', async () => {
    expect(await message('id,x\nu1,1\nu2,2\nu3,3\n')).toMatch(/line 2, column "id": "u1" is text.*identifier: remove/);
    expect(await message('id,x\nu,1\nu,2\nv,3\n')).toMatch(/\(2 different values\): remove it, or write it as numbers/);
    expect(await message('id,x\n1,1\nslip,2\n3,3\n')).not.toContain('remove');
  });

  it('takes a first row with a hole for data, not for names', async () => {
    expect(await message('1,NA,3\n4,5,6\n')).toContain('line 1, column "column 2": the value is missing ("NA")');
  });

  it('names ragged rows', async () => {
    expect(await message('a,b\n1,2\n3\n4,5,6\n')).toMatch(
      /^t\.csv, line 3: this row has 1 value, but there are 2 columns\. And 1 more problem\.$/,
    );
  });

  it('refuses numbers that are not finite in single precision', async () => {
    expect(await message('a,b\n1,inf\n')).toContain('"inf" is not a finite number');
    expect(await message('a,b\n1,-Infinity\n')).toContain('is not a finite number');
    expect(await message('a,b\n1,1e39\n')).toContain('too large for single precision');
    expect(await message('a,b\n1,1e999\n')).toContain('too large for single precision');
  });

  it('never guesses between decimal comma and decimal point', async () => {
    expect(await message('1,5;2\n1.5;2\n')).toContain('line 2, column "column 1": "1.5" has a decimal point');
    expect(await message('1.5;2\n1,5;2\n')).toContain('"1,5" has a comma');
    expect(await message('1,5\t2\n3,5\t2\n')).toContain('"1,5" has a comma');
  });

  it('gives lines of the file also after quoted line breaks', async () => {
    expect(await message('"a\nb",c\n1,2\n3,x\n')).toContain('line 4, column "c"');
  });

  it('says where a quotation mark stays open', async () => {
    expect(await message('a,b\n1,2\n"3,4\n5,6\n')).toMatch(/line 3: this row does not end/);
  });

  it('wants rows', async () => {
    expect(await message('a,b,c\n')).toContain('no row of numbers');
    expect(await message(' \n\n')).toContain('there are no rows');
    expect(await message('5\n\n\n6\n')).toContain('line 2, column "column 1": the value is missing');
    expect((await parse('5\n6\n\n\n')).rows).toBe(2);
  });

  it('reads across the seams of its pieces', async () => {
    // Pieces are 1 MiB: rows of 17 bytes and a few two-byte characters put every kind of seam somewhere.
    const rows = Array.from({ length: 150_000 }, (_, i) => `${i},${(i % 1000) / 8}`);
    const text = `"größe",ü\r\n${rows.join('\r\n')}\r\n`;
    const { columns, values, rows: count } = await parseCsv('t.csv', utf8(text));
    expect(columns).toEqual(['größe', 'ü']);
    expect(count).toBe(rows.length);
    expect(values.every((value, k) => value === (k % 2 ? ((k >> 1) % 1000) / 8 : k >> 1))).toBe(true);
    const broken = `${text}1,oops\r\n`;
    expect(await message(broken)).toContain('line 150,002, column "ü": "oops" is text');
  });

  it('reads across a seam at any byte of a row', async () => {
    // Seven bytes a row: with these paddings the first seam falls before, inside and after "\u00a0" and "\r\n".
    for (let padding = 0; padding < 7; padding++) {
      const text = ' '.repeat(padding) + '1,2\u00a0\r\n'.repeat(151_000);
      expect((await parse(text)).rows).toBe(151_000);
      expect(await message(`${text}1,oops`)).toContain('line 151,001, column "column 2": "oops"');
    }
  });

  it('reads rows longer than a piece', async () => {
    const row = Array.from({ length: 16_000 }, (_, j) => `${j}.${'0'.repeat(80)}`).join(',');
    const { rows, columns, values } = await parseCsv('t.csv', utf8(`${row}\n${row}\n`));
    expect([rows, columns.length, values[15_999], values[31_999]]).toEqual([2, 16_000, 15_999, 15_999]);
  });

  it('refuses too many rows and columns', async () => {
    expect(await message('1,2\n'.repeat(1_000_001))).toContain('more than 1,000,000 rows');
    expect(await message(Array(20_000).fill('1').join(','))).toContain('20,000 columns; at most 16,384');
  });

  it('stops on an abort', async () => {
    const big = concat(...Array<Uint8Array>(24).fill(utf8('1,2,3,4,5,6,7,8\n'.repeat(60_000))));
    const abort = new AbortController();
    setTimeout(() => {
      abort.abort(new Error('enough'));
    }, 1);
    await expect(parseCsv('t.csv', big, { signal: abort.signal })).rejects.toThrow('enough');
    await expect(parseCsv('t.csv', utf8('1,2'), { signal: abort.signal })).rejects.toThrow('enough');
  });
});
