/** Random valid documents for property tests, built from the optimizers' descriptors and the problems' limits. */
import { PLANAR_KINDS } from '../../src/data/planar';
import type { LayerConfig, SimpleLayer } from '../../src/models/layers';
import fc from 'fast-check';
import { LIMITS, runKey, type ExperimentConfig, type OptimizerId, type RunConfig } from '../../src/experiment/config';
import type { CurveTheory } from '../../src/experiment/curve-theory';
import { appendPoints, emptyCurve, type RunCurve } from '../../src/experiment/curves';
import type { LaneOutcome } from '../../src/experiment/result';
import { MAX_SWEEP_LANES } from '../../src/experiment/sweep-checks';
import { BATCH_PARAMETER, type SweepAxis, type SweepConfig } from '../../src/experiment/sweep';
import { optimizerIds, optimizerOf } from '../../src/optimizers/registry';
import type { HyperParameter } from '../../src/optimizers/types';
import { MAX_STORED_ROWS } from '../../src/problems/gaussian';
import { KERNEL_DATA, MAX_KERNEL_ROWS } from '../../src/problems/kernel-regression';
import { isAccuracy, SIDE_METRICS } from '../../src/problems/metrics';
import type { ProblemConfig, ProblemKind } from '../../src/problems/registry';
import { MAX_DIMENSION, type Spectrum } from '../../src/problems/spectrum';
import { LAST_STEP, MAX_DECAYS, type Training } from '../../src/problems/training';

/** JSON has no −0. */
const positiveZero = (x: number) => (x === 0 ? 0 : x);

function bounded(min: number, max: number, openMin = false, openMax = false): fc.Arbitrary<number> {
  return fc
    .double({ min, max, minExcluded: openMin, maxExcluded: openMax, noNaN: true, noDefaultInfinity: true })
    .map(positiveZero);
}

/** Any valid value, with the default and the slider's ends thrown in often. */
export function hyperValue({ valid, slider, ...h }: HyperParameter): fc.Arbitrary<number> {
  const { min, max, openMin = false, openMax = false } = valid;
  return fc.oneof(
    bounded(min, Number.isFinite(max) ? max : 1e300, openMin, openMax),
    fc.constantFrom(h.default, slider.min, slider.max),
  );
}

/** Text with the characters that are special to links, CSV, XML and spreadsheets. */
export const awkwardText = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .oneof(
      fc.string({ maxLength, unit: 'grapheme' }),
      fc.string({ maxLength, unit: fc.constantFrom(...Array.from('&=#~\',.%+"<>;\n\t ()1e-@日é')) }),
      fc.constantFrom('true', 'null', '0.5', '1e5', '', '~', '()', "'", '=1+1', 'a,b', '-', '__proto__'),
    )
    .map((s) => s.slice(0, maxLength).replace(/\p{Surrogate}/gu, '')); // the cut may halve a pair

export function runConfig(
  optimizer: fc.Arbitrary<OptimizerId> = fc.constantFrom(...optimizerIds),
): fc.Arbitrary<RunConfig> {
  return optimizer.chain((id) =>
    fc.record(
      {
        optimizer: fc.constant(id),
        batch: fc.oneof(fc.integer({ min: 1, max: LIMITS.batch }), fc.constantFrom(1, 8, 64)),
        hyper: fc.record(Object.fromEntries(optimizerOf(id).hyper.map((h) => [h.key, hyperValue(h)]))),
        label: awkwardText(80),
        enabled: fc.boolean(),
      },
      { requiredKeys: ['optimizer', 'batch', 'hyper'] },
    ),
  );
}

export const spectrum: fc.Arbitrary<Spectrum> = fc.oneof(
  fc.record({ values: fc.array(bounded(0, 1e12, true), { minLength: 1, maxLength: 12 }) }),
  fc.record({
    power: fc.record({ dimension: fc.integer({ min: 1, max: MAX_DIMENSION }), exponent: bounded(0, 8) }),
  }),
  fc.record({
    geometric: fc.record({
      dimension: fc.integer({ min: 1, max: MAX_DIMENSION }),
      conditionNumber: bounded(1, 1e12),
    }),
  }),
);

const simpleLayer: fc.Arbitrary<SimpleLayer> = fc.oneof(
  fc.record({ kind: fc.constant('dense' as const), units: fc.integer({ min: 1, max: 16_384 }) }),
  fc.record(
    {
      kind: fc.constant('convolution' as const),
      channels: fc.integer({ min: 1, max: 1024 }),
      size: fc.constantFrom(1 as const, 3 as const),
      stride: fc.constantFrom(1 as const, 2 as const),
      bias: fc.boolean(),
    },
    { requiredKeys: ['kind', 'channels', 'size'] },
  ),
  fc.record({ kind: fc.constant('dropout' as const), rate: bounded(0.01, 0.99) }),
  fc.constantFrom('relu', 'max-pool', 'global-average-pool', 'batch-norm').map((kind) => ({ kind })),
);
const networkLayer: fc.Arbitrary<LayerConfig> = fc.oneof(
  simpleLayer,
  fc.record({
    kind: fc.constant('residual' as const),
    layers: fc.array(simpleLayer, { minLength: 1, maxLength: 4 }),
  }),
);

const trainingStep = fc.oneof(fc.integer({ min: 1, max: LAST_STEP }), fc.constantFrom(1, 3000, LAST_STEP));
/** Any part of it, nothing included. */
const training: fc.Arbitrary<Training> = fc.record(
  {
    schedule: fc.oneof(
      fc.record({
        kind: fc.constant('step' as const),
        at: fc
          .uniqueArray(trainingStep, { minLength: 1, maxLength: MAX_DECAYS })
          .map((at) => at.sort((one, other) => one - other)),
        factor: bounded(0, 1, true),
      }),
      fc.record({ kind: fc.constant('cosine' as const), period: trainingStep }),
    ),
    warmUp: trainingStep,
    weightDecay: bounded(0, 1),
    clip: bounded(0, 1e30, true),
  },
  { requiredKeys: [] },
);

/** One arbitrary per problem: a new problem does not compile until it has one. */
const problemsByKind: { [K in ProblemKind]: fc.Arbitrary<Extract<ProblemConfig, { kind: K }>> } = {
  'component-decoupled': fc.record({ kind: fc.constant('component-decoupled'), variances: spectrum }),
  gaussian: fc.record({
    kind: fc.constant('gaussian'),
    spectrum,
    rows: fc.oneof(fc.integer({ min: 1, max: MAX_STORED_ROWS }), fc.constant('stream' as const)),
  }),
  'linear-regression': fc.record({
    kind: fc.constant('linear-regression'),
    dataset: fc.record(
      {
        files: fc.array(
          awkwardText(30).filter((name) => name !== ''),
          { maxLength: 8 },
        ),
        rows: fc.integer({ min: 1, max: 1e9 }),
      },
      { requiredKeys: ['files'] },
    ),
    target: fc.record(
      {
        column: awkwardText(20),
        oneVersusRest: fc.double({ noNaN: true, noDefaultInfinity: true }).map(positiveZero),
      },
      { requiredKeys: [] },
    ),
    scaling: fc.constantFrom('standardised', 'unit', 'raw'),
    intercept: fc.boolean(),
  }),
  'kernel-regression': fc.record({
    kind: fc.constant('kernel-regression'),
    data: fc.oneof(
      fc.record({
        kind: fc.constantFrom(...KERNEL_DATA),
        rows: fc.integer({ min: 2, max: MAX_KERNEL_ROWS }),
        noise: bounded(0, 10),
      }),
      fc.record(
        {
          kind: fc.constant('files' as const),
          files: fc.array(
            awkwardText(30).filter((name) => name !== ''),
            { maxLength: 8 },
          ),
          rows: fc.integer({ min: 2, max: MAX_KERNEL_ROWS }),
          column: awkwardText(20),
          oneVersusRest: fc.double({ noNaN: true, noDefaultInfinity: true }).map(positiveZero),
          scaling: fc.constantFrom('standardised', 'unit', 'raw'),
        },
        { requiredKeys: ['kind', 'files', 'scaling'] },
      ),
    ),
    kernel: fc.oneof(
      fc.record({ kind: fc.constantFrom('gaussian', 'laplacian'), bandwidth: bounded(1e-6, 1e6) }),
      fc.record({
        kind: fc.constant('polynomial' as const),
        degree: fc.integer({ min: 1, max: 12 }),
        offset: bounded(1e-6, 1e6),
      }),
    ),
  }),
  network: fc.record(
    {
      kind: fc.constant('network'),
      data: fc.record({
        kind: fc.constantFrom(...PLANAR_KINDS),
        rows: fc.integer({ min: 2, max: 100_000 }),
        noise: bounded(0, 10),
      }),
      augment: fc.constantFrom('none', 'crop-flip'),
      test: bounded(0, 0.9),
      layers: fc.array(networkLayer, { maxLength: 6 }),
      loss: fc.constantFrom('cross-entropy', 'squared-error'),
      training,
    },
    { requiredKeys: ['kind', 'data', 'test', 'layers', 'loss'] },
  ),
};
export const problemConfig: fc.Arbitrary<ProblemConfig> = fc.oneof(...Object.values(problemsByKind));

/** An axis of one of the parameters: of any of these runs, or the batch size. */
function sweepAxis(parameter: string, runs: readonly RunConfig[]): fc.Arbitrary<SweepAxis> {
  const definition = runs.flatMap((run) => optimizerOf(run.optimizer).hyper).find((h) => h.key === parameter);
  const end = definition ? hyperValue(definition) : fc.integer({ min: 1, max: 4096 });
  return fc
    .record({
      parameter: fc.constant(parameter),
      from: end,
      to: end,
      count: fc.oneof(fc.integer({ min: 2, max: 64 }), fc.constant(9)),
    })
    .filter(({ from, to }) => from !== to);
}

/** A sweep that fits these runs. */
export function sweepConfig(runs: readonly RunConfig[]): fc.Arbitrary<SweepConfig> {
  const swept = runs.filter((run) => run.enabled !== false);
  const keys = swept.flatMap((run) => optimizerOf(run.optimizer).hyper.map((h) => h.key));
  return fc.shuffledSubarray([...new Set([BATCH_PARAMETER, ...keys])], { minLength: 2, maxLength: 2 }).chain(([x, y]) =>
    fc.record({
      x: sweepAxis(x!, swept),
      y: sweepAxis(y!, swept),
      others: fc.constantFrom('fixed', 'optimal'),
      tolerance: bounded(0, 1, true),
      stopAtTolerance: fc.boolean(),
    }),
  );
}

export const experimentConfig: fc.Arbitrary<ExperimentConfig> = fc
  .record({
    version: fc.constant(1 as const),
    problem: problemConfig,
    runs: fc.array(runConfig(), { minLength: 1, maxLength: 7 }),
    seeds: fc.integer({ min: 1, max: LIMITS.lanesPerRun }),
    seed: fc.integer({ min: 0, max: 0xffffffff }),
    steps: fc.oneof(fc.integer({ min: 1, max: LIMITS.steps }), fc.constantFrom(1, 3000)),
    evalEvery: fc.oneof(fc.integer({ min: 1, max: 1e6 }), fc.constant('auto' as const)),
    sampling: fc.constantFrom('replacement', 'epochs'),
    divergenceFactor: fc.oneof(bounded(2, 1e30), fc.constant(1e6)),
  })
  .map((config) => ({
    ...config,
    // The rules that tie fields together.
    evalEvery:
      config.evalEvery !== 'auto' && config.steps / config.evalEvery > 100_000 ? ('auto' as const) : config.evalEvery,
    sampling: config.runs.some((run) => run.batch * config.steps >= 2 ** 32)
      ? ('replacement' as const)
      : config.sampling,
  }))
  .chain((config) => {
    const runs = config.runs.filter((run) => run.enabled !== false);
    const lanes = runs.length * 64 * 64 * config.seeds;
    if (runs.length === 0 || lanes > MAX_SWEEP_LANES || config.sampling === 'epochs') return fc.constant(config);
    return fc.option(sweepConfig(runs)).map((sweep) => (sweep ? { ...config, sweep } : config));
  });

/** What theory may know of a run: any part of it, an expectation beyond double precision included. */
const curveTheory: fc.Arbitrary<CurveTheory> = fc.record(
  {
    spectralRadius: bounded(0, 2),
    guaranteedRate: bounded(0, 1),
    expected: fc
      .array(fc.oneof(bounded(0, 1e30), fc.constant(Number.POSITIVE_INFINITY)), { minLength: 1, maxLength: 6 })
      .map((loss) => ({ step: loss.map((_, k) => 3 * k), loss: Float64Array.from(loss) })),
  },
  { requiredKeys: [] },
);

/** A curve of a run with a few points and lanes; some lanes diverge. */
export function runCurve(run: RunConfig, maxLanes = 4, maxPoints = 8): fc.Arbitrary<RunCurve> {
  return fc
    .record({
      lanes: fc.integer({ min: 1, max: maxLanes }),
      gaps: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: maxPoints }),
      theory: curveTheory,
      metrics: fc.subarray([...SIDE_METRICS]),
    })
    .chain(({ lanes, gaps, theory, metrics }) => {
      const numbers = (greatest: number) =>
        fc.array(bounded(0, greatest), { minLength: gaps.length * lanes, maxLength: gaps.length * lanes });
      return fc
        .record({
          losses: numbers(1e30),
          beside: fc.tuple(...metrics.map((metric) => numbers(isAccuracy(metric) ? 1 : 1e30))),
          ends: fc.array(fc.option(fc.integer({ min: 1, max: gaps.length }), { nil: undefined }), {
            minLength: lanes,
            maxLength: lanes,
          }),
        })
        .map(({ losses, beside, ends }) => {
          const step = gaps.map((_, i) => gaps.slice(0, i).reduce((sum, gap) => sum + gap, 0));
          const loss = Float64Array.from(losses);
          const side = Object.fromEntries(metrics.map((metric, k) => [metric, Float64Array.from(beside[k]!)]));
          const outcomes = ends.map((end, lane): LaneOutcome => {
            if (end === undefined || end >= step.length) return { kind: 'completed' };
            for (const recorded of [loss, ...Object.values(side)])
              for (let i = end; i < step.length; i++) recorded[i * lanes + lane] = Number.NaN;
            return { kind: 'diverged', step: step[end]!, lastFiniteLoss: loss[(end - 1) * lanes + lane]! };
          });
          const curve = emptyCurve(runKey(run), run, lanes, theory);
          appendPoints(curve, { step, seconds: step.map((s) => s / 1024), loss, side, outcomes });
          curve.finished = true;
          return curve;
        });
    });
}

/** An experiment with one curve per run. */
export const experimentWithCurves = experimentConfig.chain((config) =>
  fc.record({
    config: fc.constant(config),
    curves: fc.tuple(...config.runs.map((run) => runCurve(run))),
  }),
);
