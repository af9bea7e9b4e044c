/** The WGSL programs round the layers: minibatches, losses, updates, recordings. */
import crossEntropyWgsl from '../../../../shaders/loss/cross_entropy.wgsl?raw';
import squaredErrorWgsl from '../../../../shaders/loss/squared_error.wgsl?raw';
import addUpWgsl from '../../../../shaders/network/add_up.wgsl?raw';
import gradientNormPartsWgsl from '../../../../shaders/network/gradient_norm_parts.wgsl?raw';
import gradientScaleWgsl from '../../../../shaders/network/gradient_scale.wgsl?raw';
import outputGradientWgsl from '../../../../shaders/network/output_gradient.wgsl?raw';
import recordWgsl from '../../../../shaders/network/record.wgsl?raw';
import sampleLossesWgsl from '../../../../shaders/network/sample_losses.wgsl?raw';
import updateWgsl from '../../../../shaders/network/update.wgsl?raw';
import { strideOf } from '../../../models/network';
import { optimizerOf, type OptimizerId } from '../../../optimizers/registry';
import type { OptimizerDefinition } from '../../../optimizers/types';
import type { Metric } from '../../../problems/metrics';
import { compose, constants, invocationsFor, samples, type PassContext, type Program } from './compose';

export type { PassContext, Program } from './compose';

/** Bind: alive, members, inputs_of, z, wanted, dz. */
export function outputGradient(context: PassContext): Program {
  return {
    code: compose(context, [samples(context), lossConstants(context), lossOf(context), outputGradientWgsl]),
    invocations: context.batch,
  };
}

/** Bind: work, lanes, alive, members, z, wanted, found. */
export function sampleLosses(context: PassContext): Program {
  return {
    code: compose(context, [samples(context), lossConstants(context), lossOf(context), sampleLossesWgsl]),
    invocations: context.batch,
  };
}

/** Bind: work, alive, members, found, sums. */
export function addUp(context: PassContext, firstRow: number): Program {
  return { code: compose(context, [constants({ FIRST_ROW: firstRow }), addUpWgsl]), invocations: 1 };
}

/** A number as WGSL text, rounded to float32. */
const float = (value: number) => {
  const text = String(Math.fround(value));
  return /[.e]/.test(text) ? text : `${text}.0`;
};

/** Parallel parts of a gradient's norm. */
const NORM_PARTS = 64;

/** Float32 numbers a lane takes to clip its gradient: the parts of its norm, and its scale. */
export const CLIP_NUMBERS = { parts: NORM_PARTS, scale: 1 } as const;

/** Bind: alive, members, gradient, norm_parts. */
export const gradientNormParts = (context: PassContext): Program => ({
  code: compose(context, [constants({ PARTS: NORM_PARTS }), gradientNormPartsWgsl]),
  invocations: NORM_PARTS,
});

/** Bind: alive, members, norm_parts, gradient_scales. */
export const gradientScale = (context: PassContext, clip: number): Program => ({
  code: compose(context, [constants({ PARTS: NORM_PARTS }), `const CLIP = ${float(clip)};`, gradientScaleWgsl]),
  invocations: 1,
});

/**
 * A step of one optimizer. Bind: work, lanes, state, alive, members, gradient, and gradient_scales where the context's
 * training clips.
 */
export function update(context: PassContext, optimizer: OptimizerId): Program {
  const definition = optimizerOf(optimizer);
  const { weightDecay = 0, clip } = context.training ?? {};
  const invocations = invocationsFor(context, context.network.dimension / 4);
  return {
    code: compose(context, [
      constants({ SLOTS: definition.slots.length, STEP: invocations }),
      `const WEIGHT_DECAY = ${float(weightDecay)};`,
      clip === undefined ? 'fn gradient_scale(lane: u32) -> f32 {\n  return 1.0;\n}' : GRADIENT_SCALE,
      definition.wgsl,
      rulesOf(definition),
      updateWgsl,
    ]),
    invocations,
  };
}

const GRADIENT_SCALE = `@group(0) @binding(6) var<storage, read> gradient_scales: array<f32>;

fn gradient_scale(lane: u32) -> f32 {
  return gradient_scales[lane];
}`;

/** The optimizer's rule with the step sizes of a schedule, and what a restart makes of its slots. */
function rulesOf({ prefix, stepSizes, restarts, start, iterate }: OptimizerDefinition): string {
  const rates = (first: number) =>
    [0, 1, 2, 3].map((k) => (stepSizes.includes(first + k) ? 'work.rate' : '1.0')).join(', ');
  const names = ['x', 'y', 'z'];
  const restarted = names.map((name, slot) => {
    if (!restarts || start[slot] === undefined) return `s.${name}`;
    return start[slot] === 'weights' ? `s.${names[iterate]!}` : 'vec4f()';
  });
  return `fn slot_0_at(c: Coefficients, t: u32) -> Coefficients {
  let at = ${prefix}_at(c, t);
  return Coefficients(at.a * vec4f(${rates(0)}), at.b * vec4f(${rates(4)}));
}

fn slot_0_step(s: Slots, g: vec4f, c: Coefficients) -> Slots {
  return ${prefix}_step(s, g, c);
}

fn slot_0_restarted(s: Slots) -> Slots {
  return Slots(${restarted.join(', ')});
}`;
}

const SUMS: Readonly<Record<Metric, string>> = {
  loss: 'training.x',
  accuracy: 'training.y',
  testLoss: 'test.x',
  testAccuracy: 'test.y',
};

/** Bind: work, lanes, alive, losses, training_sums, test_sums. */
export function record(
  context: PassContext,
  metrics: readonly Metric[],
  rows: { readonly count: number; readonly test: number },
): Program {
  const values = metrics.map((metric) => SUMS[metric]).join(', ');
  const numbers = `array<f32, METRICS>`;
  return {
    code: compose(context, [
      constants({ METRICS: metrics.length }),
      `const TRAINING_ROWS = ${rows.count}.0;\nconst TEST_ROWS = ${Math.max(rows.test, 1)}.0;`,
      `fn values_of(training: vec2f, test: vec2f) -> ${numbers} {\n  return ${numbers}(${values});\n}`,
      recordWgsl,
    ]),
    invocations: 1,
  };
}

const lossOf = ({ network }: PassContext) => (network.loss === 'cross-entropy' ? crossEntropyWgsl : squaredErrorWgsl);
const lossConstants = ({ network }: PassContext) =>
  constants({ OUTPUTS: network.outputs, OUTPUT_BLOCKS: strideOf({ channels: network.outputs }) / 4 });
