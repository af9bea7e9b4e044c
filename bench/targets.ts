/** What the project wants to reach, as ratios within one run on a 2-core machine with SwiftShader. */
import { ratesOf, ratioOf, type Report } from './report';
import { median } from './statistics';
import type { TaskId } from './tasks';

export interface TargetResult {
  readonly text: string;
  readonly goal: string;
  /** Measured value in words, and whether it reaches the goal; undefined where it was not measured. */
  readonly measured?: string;
  readonly reached?: boolean;
}

/** Largest share of the bare kernel's time that the engine around it may add. */
const ENGINE_SHARE = 0.15;
const STARTUP_LIMIT = 2000;
const LATENCY_LIMIT = 100;
/** Two medians of the same thing differ by this much; it does not count as a higher cost. */
const NOISE = 0.03;

const peers: readonly (readonly [TaskId, string, string, number])[] = [
  ['A1', 'jax-js-webgpu', 'jax-js WebGPU', 400],
  ['A256', 'jax-js-webgpu', 'jax-js WebGPU', 16],
  ['A256', 'tfjs-webgpu', 'tf.js WebGPU', 70],
  ['A256', 'javascript', 'JavaScript', 2],
  ['A256own', 'jax-js-webgpu', 'jax-js WebGPU', 18],
  ['A256own', 'tfjs-webgpu', 'tf.js WebGPU', 900],
  ['B', 'jax-js-webgpu', 'jax-js WebGPU', 4],
  ['B', 'tfjs-webgpu', 'tf.js WebGPU', 24],
  ['C', 'jax-js-webgpu', 'jax-js WebGPU', 4],
  ['C', 'tfjs-webgpu', 'tf.js WebGPU', 14],
  ['C', 'javascript', 'JavaScript', 2],
];
/** Whoever is the fastest of the others at B. */
const rivals = ['javascript', 'tfjs-webgpu', 'tfjs-wasm', 'jax-js-webgpu', 'jax-js-wasm'];
const BEST_RIVAL = 1.15;
const engineTasks: readonly TaskId[] = ['A1', 'A256', 'A256own', 'AG4096', 'B'];

export function targetsOf(report: Report): TargetResult[] {
  const results = peers.map(([task, peer, name, goal]): TargetResult => {
    const text = `${task}: ours / ${name}`;
    const ours = ratesOf(report, task, 'kernel');
    const theirs = ratesOf(report, task, peer);
    if (!ours || !theirs) return { text, goal: `≥ ${goal}` };
    const ratio = ratioOf(ours, theirs).median;
    return { text, goal: `≥ ${goal}`, measured: round(ratio), reached: ratio >= goal };
  });
  results.push(bestRival(report), eightLanes(report));
  for (const task of engineTasks) {
    const text = `${task}: time of the whole engine / bare kernel`;
    const goal = `≤ ${1 + ENGINE_SHARE}`;
    const bare = ratesOf(report, task, 'kernel');
    const whole = ratesOf(report, task, 'engine');
    if (!bare || !whole) {
      results.push({ text, goal });
      continue;
    }
    const ratio = median(bare) / median(whole);
    results.push({ text, goal, measured: round(ratio), reached: ratio <= 1 + ENGINE_SHARE });
  }
  const few = ratesOf(report, 'AG256', 'kernel');
  const many = ratesOf(report, 'AG4096', 'kernel');
  const cost = few && many && median(few) / median(many);
  results.push(
    {
      text: 'AG: cost of a lane-step at 4,096 lanes / at 256',
      goal: '≤ 1',
      ...(cost === undefined ? {} : { measured: round(cost), reached: cost <= 1 + NOISE }),
    },
    limit('start-up measurement of mappings', STARTUP_LIMIT, report.startup > 0 ? report.startup : undefined),
    limit('slider to new curve', LATENCY_LIMIT, report.latency?.median),
  );
  return results;
}

function bestRival(report: Report): TargetResult {
  const text = 'B: ours / the best of the others';
  const goal = `≥ ${BEST_RIVAL}`;
  const ours = ratesOf(report, 'B', 'kernel');
  const theirs = rivals.map((id) => ratesOf(report, 'B', id)).filter((rates) => rates !== undefined);
  if (!ours || theirs.length < rivals.length) return { text, goal };
  const ratio = Math.min(...theirs.map((rates) => ratioOf(ours, rates).median));
  return { text, goal, measured: round(ratio), reached: ratio >= BEST_RIVAL };
}

function eightLanes(report: Report): TargetResult {
  const text = 'B: time of a step of 8 lanes / of one';
  const goal = '< 8';
  const one = ratesOf(report, 'B', 'kernel');
  const eight = ratesOf(report, 'B8', 'kernel');
  if (!one || !eight) return { text, goal };
  const ratio = (8 * median(one)) / median(eight);
  return { text, goal, measured: round(ratio), reached: ratio < 8 };
}

function limit(text: string, most: number, milliseconds: number | undefined): TargetResult {
  const goal = `< ${most} ms`;
  if (milliseconds === undefined) return { text, goal };
  return { text, goal, measured: `${round(milliseconds)} ms`, reached: milliseconds < most };
}

const round = (value: number): string => String(Number(value.toPrecision(3)));
