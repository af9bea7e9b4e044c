/** Every file the page gives, parsed and compared with what the page shows; and results taken back in. */
import Papa from 'papaparse';
import { documentReader, exported, finished, openFile, shortRace, summary } from './export-support';
import { expect, test } from './fixtures';

type Row = Record<string, string>;

function rows(csv: Buffer): Row[] {
  const { data, errors } = Papa.parse<Row>(csv.toString('utf8'), { header: true, skipEmptyLines: true });
  expect(errors).toEqual([]);
  return data;
}

test('CSV, JSON and the chart hold the same numbers', async ({ page }) => {
  await page.goto(shortRace);
  await finished(page);
  const { parseDocument } = await documentReader();

  const experiment = await exported(page, 'Experiment (JSON)');
  expect(experiment.name).toBe('race-component-decoupled-sgd-heavy-ball-nesterov-mass-adam-experiment.json');
  const document = parseDocument(experiment.bytes.toString('utf8'));
  if (document.kind !== 'experiment') throw new Error('an experiment was expected');
  expect(document.config).toMatchObject({ seeds: 3, steps: 400 });

  const file = await exported(page, 'Result (JSON)');
  const parsed = parseDocument(file.bytes.toString('utf8'));
  if (parsed.kind !== 'result') throw new Error('a result was expected');
  const { result } = parsed;
  expect(result.config).toEqual(document.config);
  expect(result.engine).toBe('webgpu');
  expect(result.adapter.vendor + result.adapter.architecture + result.adapter.description).not.toBe('');
  expect(result.runs.map(({ run }) => run.optimizer)).toEqual(['sgd', 'heavy-ball', 'nesterov', 'mass', 'adam']);
  for (const { step, lanes } of result.runs) {
    expect(step[0]).toBe(0);
    expect(lanes).toHaveLength(3);
  }
  const nesterov = result.runs[2]!;
  expect(nesterov.lanes.every(({ outcome }) => outcome.kind === 'diverged')).toBe(true);
  expect(result.runs[3]!.step.at(-1)).toBe(400);

  // Every lane of every point, number by number.
  const lanes = rows((await exported(page, 'Every seed (CSV)')).bytes);
  const expected = result.runs.flatMap(({ run, step, seconds, lanes: all }) =>
    all.flatMap(({ seed, loss }) =>
      step.map((at, i) => [run.optimizer, seed, at, at * run.batch, seconds[i], loss[i] ?? '']),
    ),
  );
  const number = (cell: string | undefined) => (cell === '' ? '' : Number(cell));
  expect(
    lanes.map((row) => [
      row['optimizer'],
      ...['seed', 'step', 'samples', 'time (s)', 'loss'].map((column) => number(row[column])),
    ]),
  ).toEqual(expected);

  // The chart's own numbers, as its table shows them.
  const points = rows((await exported(page, 'Curves (CSV)')).bytes);
  expect(points).toHaveLength(result.runs.reduce((sum, { step }) => sum + step.length, 0));
  await page.getByRole('switch', { name: 'Table' }).click();
  const table = page.getByRole('region', { name: 'Table of losses' });
  const shown = await table
    .getByRole('row')
    .evaluateAll((elements) => elements.slice(1).map((row) => Array.from(row.children, (cell) => cell.textContent)));
  expect(shown.length).toBeGreaterThan(20);
  const labels = ['SGD', 'Heavy ball', 'Nesterov', 'MaSS', 'Adam'];
  for (const cells of shown) {
    const step = cells[0]!.replace(',', '');
    labels.forEach((label, k) => {
      const point = points.find((row) => row['run'] === label && row['step'] === step);
      expect(approximately(cells[k + 1]!), `${label} at step ${step}`).toEqual(
        point ? rounded(point['median loss']!) : undefined,
      );
    });
  }
});

/** A cell like `1.23×10⁻⁴ (1.1×10⁻⁴ – 1.3×10⁻⁴)` as its first number with three digits; undefined for an empty cell. */
function approximately(cell: string): string | undefined {
  if (cell === '') return undefined;
  if (cell.startsWith('diverged')) return 'Infinity';
  const [text] = cell.split(' (') as [string];
  const [mantissa, exponent = ''] = text.replace(',', '').split('×10');
  const digits = Array.from(exponent, (c) => (c === '⁻' ? '-' : String('⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c)))).join('');
  return Number(`${mantissa!}e${digits || '0'}`).toPrecision(3);
}

const rounded = (cell: string) => (cell === 'inf' ? 'Infinity' : Number(Number(cell).toPrecision(3)).toPrecision(3));

test('the chart leaves as an SVG and as a PNG of twice its size', async ({ page }) => {
  await page.goto(shortRace);
  await finished(page);
  const svg = await exported(page, 'Chart (SVG)');
  expect(svg.name).toMatch(/-chart\.svg$/);
  const picture = await page.evaluate((text) => {
    const document = new DOMParser().parseFromString(text, 'image/svg+xml');
    const root = document.documentElement;
    const lines = [...document.querySelectorAll('path[data-run]')];
    return {
      error: document.querySelector('parsererror')?.textContent,
      root: root.tagName,
      width: Number(root.getAttribute('width')),
      height: Number(root.getAttribute('height')),
      lines: lines.map((line) => line.getAttribute('data-run')),
      points: lines.map((line) => line.getAttribute('d')?.split(/[ML]/).length ?? 0),
      text: root.textContent,
      background: document.querySelector('rect')?.getAttribute('fill'),
      fonts: (document.querySelector('style')?.textContent.match(/@font-face/g) ?? []).length,
      external: /(href|src)="http|url\((?!data:|#)/.test(text),
    };
  }, svg.bytes.toString('utf8'));
  expect(picture).toMatchObject({
    error: undefined,
    root: 'svg',
    lines: ['SGD', 'Heavy ball', 'Nesterov', 'MaSS', 'Adam'],
    background: '#ffffff',
    fonts: 4,
    external: false,
  });
  expect(Math.min(...picture.points.filter((_, k) => k !== 2))).toBeGreaterThan(30);
  expect(picture.text).toContain('Component-decoupled stream');
  expect(picture.text).toContain('3 of 3 seeds diverged');

  const png = await exported(page, 'Chart (PNG, 2×)');
  expect(png.bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  expect([png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)]).toEqual([2 * picture.width, 2 * picture.height]);
  // It opens, is light, and every line is in it.
  const found = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const colours = new Map<string, number>();
    for (let i = 0; i < data.length; i += 4) {
      const colour = `${data[i]},${data[i + 1]},${data[i + 2]}`;
      colours.set(colour, (colours.get(colour) ?? 0) + 1);
    }
    return { pixels: data.length / 4, corner: [...data.slice(0, 4)], colours: [...colours] };
  }, png.bytes.toString('base64'));
  const colours = new Map(found.colours);
  expect(found.corner).toEqual([255, 255, 255, 255]);
  expect(colours.get('255,255,255')! / found.pixels).toBeGreaterThan(0.5);
  for (const stroke of new Set(
    svg.bytes.toString('utf8').match(/(?<=data-run="[^"]*"|stroke=")#[0-9a-f]{6}(?=" stroke-width="1.75")/g),
  )) {
    const rgb = [1, 3, 5].map((at) => Number.parseInt(stroke.slice(at, at + 2), 16)).join();
    expect(colours.get(rgb) ?? 0, `pixels of ${stroke}`).toBeGreaterThan(100);
  }
});

test('an opened result shows its curves again, without computing them anew', async ({ page, browser, watch }) => {
  await page.goto(shortRace);
  await finished(page);
  const before = await summary(page);
  const result = (await exported(page, 'Result (JSON)')).bytes.toString('utf8');
  const points = (await exported(page, 'Curves (CSV)')).bytes.toString('utf8');
  expect(before).toHaveLength(5);

  const context = await browser.newContext();
  watch(context);
  const fresh = await context.newPage();
  await fresh.goto(test.info().project.use.baseURL!);
  await openFile(fresh, 'result.json', result);
  await expect(fresh.getByText('Opened result', { exact: true })).toBeVisible();
  await expect.poll(() => summary(fresh)).toEqual(before);
  expect((await exported(fresh, 'Curves (CSV)')).bytes.toString('utf8')).toBe(points);
  expect((await exported(fresh, 'Result (JSON)')).bytes.toString('utf8')).toBe(result);
  await context.close();
});

test('a broken document is refused with the place, and the race goes on', async ({ page }) => {
  await page.goto(shortRace);
  await finished(page);
  const before = await summary(page);
  const experiment = (await exported(page, 'Experiment (JSON)')).bytes.toString('utf8');

  await openFile(page, 'cut.json', experiment.slice(0, experiment.length / 2));
  await expect(page.getByRole('alert').filter({ hasText: 'is not JSON' })).toBeVisible();
  await openFile(page, 'wrong.json', experiment.replace('"steps": 400', '"steps": 0'));
  await expect(page.getByRole('alert').filter({ hasText: 'steps' })).toBeVisible();
  expect(await summary(page)).toEqual(before);

  await openFile(page, 'other.json', experiment.replace('"steps": 400', '"steps": 100'));
  await expect.poll(async () => (await summary(page)).filter((line) => line.includes('at step 100'))).toHaveLength(4);
});
