/** What README and the examples say is true of the code. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseExperiment } from '../../src/experiment/config';
import { defaultExperiment } from '../../src/experiment/default';

const readme = readFileSync('README.md', 'utf8');

describe('README', () => {
  it('shows valid experiment documents', () => {
    const documents = [...readme.matchAll(/```json\n(?<text>.*?)```/gs)].map((match) => match.groups?.['text'] ?? '');
    expect(documents.length).toBeGreaterThan(0);
    for (const text of documents) expect(() => parseExperiment(JSON.parse(text))).not.toThrow();
  });

  it('shows a valid part of one that sweeps', () => {
    const parts = [...readme.matchAll(/```jsonc\n(?<text>.*?)```/gs)].map(({ groups }) => groups!['text']!);
    expect(parts).toHaveLength(1);
    const part = JSON.parse(`{${parts[0]!}}`) as object;
    expect(() => parseExperiment({ ...defaultExperiment, ...part })).not.toThrow();
  });

  it('names every folder of src/, and only what exists', () => {
    const named = [...readme.matchAll(/^\| `(?<folder>[a-z/]+\/)`/gm)].map((match) => match.groups?.['folder'] ?? '');
    for (const folder of named) expect(existsSync(folder), folder).toBe(true);
    for (const entry of readdirSync('src', { withFileTypes: true }))
      if (entry.isDirectory()) expect(named).toContain(`src/${entry.name}/`);
  });

  it('names commands that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const commands = [...readme.matchAll(/`?npm (?:run )?(?<name>start|test|(?<=run )[a-z]+)/g)];
    expect(commands.length).toBeGreaterThan(3);
    for (const command of commands) expect(scripts).toHaveProperty([command.groups?.['name'] ?? '']);
  });
});

describe('public/experiments', () => {
  it.each(readdirSync('public/experiments'))('%s is a valid experiment', (name) => {
    expect(() => parseExperiment(JSON.parse(readFileSync(`public/experiments/${name}`, 'utf8')))).not.toThrow();
  });
});
