/**
 * Writes `public/samples/sample-houses.csv`: 400 invented houses for a first try of "linear regression on your data".
 * Nothing in it was measured. Run with `npx tsx tools/make-sample-csv.ts`.
 *
 * The price is a linear function of the seven features plus Gaussian noise of standard deviation 4 (thousand), so the
 * best loss is small but not zero. Area and rooms, age and energy use go together, so the problem is not round.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gaussianSample, mix, streamKey, STREAM } from '../src/random/random';

const ROWS = 400;
const SEED = 1810;
const COLUMNS = [
  'area_m2',
  'rooms',
  'age_years',
  'distance_km',
  'garden_m2',
  'energy_kwh_m2',
  'floors',
  'price_thousand',
];

/** The text of the sample, the same at every run. */
export function sampleCsv(): string {
  const key = streamKey(SEED, STREAM.data, 0);
  const normal = new Float64Array(5);
  const words = new Uint32Array(4);
  const lines = [COLUMNS.join(',')];
  for (let i = 0; i < ROWS; i++) {
    gaussianSample(key, i, 0, new Float64Array(5).fill(1), normal);
    const [u = 0, v = 0, w = 0] = Array.from(mix(key, i, 1, 0, words), (word) => word / 2 ** 32);
    const area = Math.max(35, 120 + 35 * normal[0]!);
    const rooms = Math.max(1, Math.round(area / 28 + 0.7 * normal[1]!));
    const age = Math.floor(90 * u);
    const distance = 0.5 + 24.5 * v;
    const garden = Math.max(0, 180 + 12 * distance + 120 * normal[2]!);
    const energy = Math.max(20, 55 + 1.6 * age + 18 * normal[3]!);
    const floors = w < 0.45 ? 1 : w < 0.9 ? 2 : 3;
    const price =
      60 +
      2.4 * area +
      6 * rooms -
      0.5 * age -
      4.2 * distance +
      0.09 * garden -
      0.25 * energy +
      5 * floors +
      4 * normal[4]!;
    lines.push(
      [
        area.toFixed(1),
        rooms,
        age,
        distance.toFixed(2),
        garden.toFixed(0),
        energy.toFixed(1),
        floors,
        price.toFixed(1),
      ].join(','),
    );
  }
  return `${lines.join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = fileURLToPath(new URL('../public/samples/sample-houses.csv', import.meta.url));
  writeFileSync(path, sampleCsv());
  console.log(`wrote ${path}`);
}
