/**
 * How fast SGD and MaSS converge at every batch size, theory and measurement. It runs beside the race in a session of its
 * own, on a backend of its own, one batch size and optimizer after the other, so that each takes just the steps it needs.
 */
import type { Table } from '../data/table';
import type { ExperimentConfig, RunConfig } from '../experiment/config';
import { prepareLinear } from '../problems/registry';
import type { LeastSquares } from '../problems/types';
import { exactTheory, objectiveConstants, type ExactTheory } from '../theory/advice';
import { exactForm } from '../theory/kernel-rows';
import {
  BATCH_OPTIMIZERS,
  exactSpeed,
  guaranteedSpeed,
  measuredBatches,
  type BatchOptimizer,
} from '../theory/batch-curve';
import { optimalHyper } from '../theory/optimal';
import { criticalBatches, isComplete, type KnownConstants, type SpectralConstants } from '../theory/spectral';
import { hasExactDynamics } from '../theory/stored-moments';
import { fitSpeed } from './fit-speed';
import { Session, type OpenBackend } from './session';
import { THEORY_WORK } from './theory-desk';
import { recordingWork } from './work';

export type BatchEvent =
  | { readonly type: 'constants'; readonly constants: KnownConstants }
  /** Exact speed per step −ln ρ. */
  | { readonly type: 'exact'; readonly optimizer: BatchOptimizer; readonly batch: number; readonly speed: number }
  /** Measured speed per step with its 95 % interval. */
  | {
      readonly type: 'measured';
      readonly optimizer: BatchOptimizer;
      readonly batch: number;
      readonly speed: number;
      readonly low: number;
      readonly high: number;
      readonly lanes: number;
      readonly steps: number;
    }
  /** There is no measurement here; `reason` is a sentence. */
  | { readonly type: 'unmeasured'; readonly optimizer: BatchOptimizer; readonly batch: number; readonly reason: string }
  | { readonly type: 'progress'; readonly fraction: number; readonly doing: string };

export interface BatchStudyOptions {
  readonly table: (files: readonly string[]) => Promise<Table>;
  readonly listener: (event: BatchEvent) => void;
  readonly signal: AbortSignal;
  /** False: just what theory knows at once. */
  readonly measure: boolean;
  /** Opens the arithmetic that measures. */
  readonly open: OpenBackend;
}

/**
 * The loss falls by e to these powers in a run: far enough for the slowest direction to lead, above the float32 floor.
 * Momentum at large batches is nearly critically damped, which takes longer to fade; at small batches rare lanes carry the
 * mean so far down.
 */
const E_FOLDS = [16] as const;
const DAMPED_E_FOLDS = [32, 64] as const;
/** Batches from this many times the onset of saturation on count as large. */
const LARGE = 4;
const STEPS = { least: 64, most: 5_000_000 } as const;
/** Lanes of a measurement, or fewer where it is dear. */
const LANES = [32, 8] as const;
/** Multiply-adds that one measurement may take: some ten seconds of a slow machine. */
const MEASURE_WORK = 1e10;
/** Multiply-adds of drawing a random sample, about. */
const DRAW_WORK = 16;
const RECORDINGS = 240;
/** Share of the progress for exact constants and rates. */
const THEORY_SHARE = 0.1;

/**
 * Studies the problem of `config` with its seed, rows drawn with replacement. Resolves when all is told; rejects with the
 * signal's reason on abort, and with a readable error where the problem can't be prepared.
 */
export async function studyBatches(config: ExperimentConfig, options: BatchStudyOptions): Promise<void> {
  const { table, listener, signal, measure } = options;
  const progress = (fraction: number, doing: string) => {
    listener({ type: 'progress', fraction, doing });
  };
  const objective = await prepareLinear(config.problem, { seed: config.seed, table, signal });
  const constants = await objectiveConstants(objective, {
    exact: measure,
    signal,
    onProgress: (fraction) => {
      progress((fraction * THEORY_SHARE) / 2, 'Working out the spectral constants');
    },
  });
  signal.throwIfAborted();
  listener({ type: 'constants', constants });
  if (!isComplete(constants)) return;
  const batches = measuredBatches(constants);
  const form = (await exactForm(objective, { signal })) ?? objective;
  const exact = await exactSpeeds(form, constants, batches, options);
  if (!measure) return;

  const jobs = batches.flatMap((batch) => BATCH_OPTIMIZERS.map((optimizer) => ({ optimizer, batch })));
  const plans = jobs.map((job) => {
    const speed = exact.get(`${job.optimizer} ${job.batch}`) ?? guaranteedSpeed(job.optimizer, constants, job.batch);
    return { ...job, ...planOf(objective, constants, job.optimizer, job.batch, speed) };
  });
  const total = plans.reduce((sum, plan) => sum + (plan.lanes > 0 ? plan.work : 0), 0);
  const meter = new Meter(config, options);
  let done = 0;
  try {
    for (const plan of plans) {
      signal.throwIfAborted();
      const { optimizer, batch, lanes, steps, work } = plan;
      if (lanes === 0) {
        listener({ type: 'unmeasured', optimizer, batch, reason: 'A measurement would take too long here.' });
        continue;
      }
      const before = done;
      const name = optimizer === 'sgd' ? 'SGD' : 'MaSS';
      const curve = await meter.run(plan.run, lanes, steps, (fraction) => {
        const share = (before + fraction * work) / total;
        progress(THEORY_SHARE + (1 - THEORY_SHARE) * share, `Measuring ${name} at batch size ${batch}`);
      });
      done += work;
      const least = guaranteedSpeed(optimizer, constants, batch) / 4;
      const floor = objective.coordinates === 'weights' ? 1e-12 : 1e-35;
      const fit = fitSpeed({ ...curve, lanes, floor, least, ends: plan.ends });
      if (typeof fit === 'string') listener({ type: 'unmeasured', optimizer, batch, reason: fit });
      else listener({ type: 'measured', optimizer, batch, ...fit, lanes, steps });
    }
    progress(1, 'Measured');
  } finally {
    await meter.close();
  }
}

/** −ln ρ by `optimizer batch`, told as it is found; empty where no exact theory applies. */
async function exactSpeeds(
  objective: LeastSquares,
  constants: SpectralConstants,
  batches: readonly number[],
  { signal, listener, measure }: BatchStudyOptions,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  const { rows, dimension } = objective;
  const side = rows.kind === 'stored' ? Math.min(rows.count, dimension) : 0;
  let theory: ExactTheory | undefined;
  if (rows.kind === 'stored') {
    if (!measure || !hasExactDynamics(rows) || (rows.count * side ** 4) / 24 > THEORY_WORK) return found;
    theory = await exactTheory(objective, 'replacement', { signal });
  }
  for (const batch of batches)
    for (const optimizer of BATCH_OPTIMIZERS) {
      await new Promise((resolve) => setTimeout(resolve));
      signal.throwIfAborted();
      const hyper = optimalHyper(optimizer, constants, batch)!;
      const radius = await theory?.spectralRadius({ optimizer, batch, hyper }, { signal });
      const speed =
        radius === undefined ? exactSpeed(objective, optimizer, constants, batch) : -Math.log(Math.max(0, radius));
      if (speed === undefined || !Number.isFinite(speed) || speed <= 0) continue;
      found.set(`${optimizer} ${batch}`, speed);
      listener({ type: 'exact', optimizer, batch, speed });
    }
  return found;
}

/** How many lanes and steps a measurement takes; no lanes where it would be too dear. */
function planOf(
  objective: LeastSquares,
  constants: SpectralConstants,
  optimizer: BatchOptimizer,
  batch: number,
  speed: number,
): {
  readonly run: RunConfig;
  readonly lanes: number;
  readonly steps: number;
  readonly ends: readonly number[];
  readonly work: number;
} {
  const { rows, dimension, coordinates } = objective;
  const run: RunConfig = { optimizer, batch, hyper: { ...optimalHyper(optimizer, constants, batch)! } };
  const damped = optimizer === 'mass' && coordinates === 'error' && batch >= LARGE * criticalBatches(constants).m2;
  const ends = (damped ? DAMPED_E_FOLDS : E_FOLDS).map((folds) => Math.max(STEPS.least, Math.ceil(folds / speed)));
  const steps = ends.at(-1)!;
  const sample = 'count' in rows ? 2 * dimension : rows.kind === 'gaussian' ? DRAW_WORK * dimension : DRAW_WORK;
  const record = recordingWork(objective);
  const lane = steps * (batch * sample + 4 * dimension) + RECORDINGS * record;
  const lanes = steps > STEPS.most ? 0 : (LANES.find((count) => count * lane <= MEASURE_WORK) ?? 0);
  return { run, lanes, steps, ends, work: lanes * lane };
}

interface MeasuredCurve {
  readonly step: readonly number[];
  /** points × lanes */
  readonly loss: readonly Float64Array[];
}

/** One session that takes one run after the other. */
class Meter {
  readonly #config: ExperimentConfig;
  readonly #signal: AbortSignal;
  readonly #session: Session;
  readonly #abort: () => void;
  #step: number[] = [];
  #loss: Float64Array[] = [];
  #onFraction: (fraction: number) => void = () => undefined;

  constructor(config: ExperimentConfig, { open, table, signal }: BatchStudyOptions) {
    this.#config = config;
    this.#signal = signal;
    this.#session = new Session({
      open,
      table,
      listener: (event) => {
        if (event.type === 'points') {
          const lanes = event.outcomes.length;
          event.step.forEach((step, p) => {
            this.#step.push(step);
            this.#loss.push(event.loss.subarray(p * lanes, (p + 1) * lanes));
          });
        } else if (event.type === 'progress' && event.progress.state === 'running')
          this.#onFraction(event.progress.fraction);
        else if (event.type === 'restarted' || event.type === 'run-started') {
          this.#step = [];
          this.#loss = [];
        }
      },
    });
    this.#abort = () => void this.#session.abort();
    signal.addEventListener('abort', this.#abort);
  }

  async run(
    run: RunConfig,
    lanes: number,
    steps: number,
    onFraction: (fraction: number) => void,
  ): Promise<MeasuredCurve> {
    this.#onFraction = onFraction;
    const { problem, seed } = this.#config;
    await this.#session.update({
      version: 1,
      problem,
      runs: [run],
      seeds: lanes,
      seed,
      steps,
      evalEvery: 'auto',
      sampling: 'replacement',
      divergenceFactor: 1e12,
    });
    const state = await this.#session.settled();
    this.#signal.throwIfAborted();
    if (state === 'failed') throw this.#session.failure;
    return { step: this.#step, loss: this.#loss };
  }

  close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#abort);
    return this.#session.close();
  }
}
