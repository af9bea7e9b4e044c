import { describe, expect, it } from 'vitest';
import { duration } from '../../tools/experiment/console';
import { fileProblem, oneLine } from '../../tools/experiment/failure';
import { parseJson } from '../../tools/experiment/json';

describe('parseJson', () => {
  it('parses JSON, with or without a byte order mark', () => {
    expect(parseJson('{"a": [1, null]}', 'x.json')).toEqual({ a: [1, null] });
    expect(parseJson('\uFEFF{}', 'x.json')).toEqual({});
  });

  it.each([
    ['', '1:1', 'it ends too early'],
    ['{\n  "a": {\n', '3:1', "Expected property name or '}'"],
    ['{\n  "a": tru\n}', '2:8', "Unexpected identifier 'tru'"],
    ['{"a": 1,}', '1:9', 'Expected double-quoted property name'],
    ['{"a": 1} x', '1:10', "Unexpected character 'x'"],
    ['[1,\n2,]', '2:3', "Unexpected ']'"],
    ['[1\n 2]', '2:2', "Expected ',' or ']' after array element"],
    ['{"a": NaN}', '1:7', "Unexpected character 'N'"],
    ["{'a': 1}", '1:2', "Expected property name or '}'"],
  ])('tells the place in %j', (text, place, reason) => {
    expect(() => parseJson(text, 'x.json')).toThrow(`x.json:${place}: not valid JSON: ${reason}`);
  });
});

describe('messages', () => {
  it('are one line', () => {
    expect(oneLine(new Error('a\n  b\n'))).toBe('a b');
    expect(oneLine('text')).toBe('text');
  });

  it('put errors of the file system in words', () => {
    expect(fileProblem(Object.assign(new Error('ENOENT: …'), { code: 'ENOENT' }))).toBe('no such file');
    expect(fileProblem(new Error('odd'))).toBe('odd');
  });

  it('tell times', () => {
    expect([0.2, 59, 60, 185, 7800].map(duration)).toEqual(['1 s', '59 s', '1 min 0 s', '3 min 5 s', '2 h 10 min']);
  });
});
