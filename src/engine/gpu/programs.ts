/** The WGSL programs of least-squares lanes, composed from the files in `shaders/`. */
import laneWgsl from '../../../shaders/common/lane.wgsl?raw';
import randomWgsl from '../../../shaders/common/random.wgsl?raw';
import descendWgsl from '../../../shaders/linear/descend.wgsl?raw';
import drawEpochsWgsl from '../../../shaders/linear/draw_epochs.wgsl?raw';
import drawReplacementWgsl from '../../../shaders/linear/draw_replacement.wgsl?raw';
import fusedStepsWgsl from '../../../shaders/linear/fused_steps.wgsl?raw';
import gradientFeaturesWgsl from '../../../shaders/linear/gradient_features.wgsl?raw';
import gradientKernelWgsl from '../../../shaders/linear/gradient_kernel.wgsl?raw';
import marksWgsl from '../../../shaders/linear/marks.wgsl?raw';
import marksNoneWgsl from '../../../shaders/linear/marks_none.wgsl?raw';
import marksRowsWgsl from '../../../shaders/linear/marks_rows.wgsl?raw';
import marksStreamWgsl from '../../../shaders/linear/marks_stream.wgsl?raw';
import recordHeldWgsl from '../../../shaders/linear/record_held.wgsl?raw';
import recordLossWgsl from '../../../shaders/linear/record_loss.wgsl?raw';
import recordPartWgsl from '../../../shaders/linear/record_part.wgsl?raw';
import recordRowsWgsl from '../../../shaders/linear/record_rows.wgsl?raw';
import recordStreamWgsl from '../../../shaders/linear/record_stream.wgsl?raw';
import recordSumsWgsl from '../../../shaders/linear/record_sums.wgsl?raw';
import recordWholeWgsl from '../../../shaders/linear/record_whole.wgsl?raw';
import residualsWgsl from '../../../shaders/linear/residuals.wgsl?raw';
import sourceComputedWgsl from '../../../shaders/linear/source_computed.wgsl?raw';
import sourceDecoupledWgsl from '../../../shaders/linear/source_decoupled.wgsl?raw';
import sourceGaussianWgsl from '../../../shaders/linear/source_gaussian.wgsl?raw';
import sourceStoredWgsl from '../../../shaders/linear/source_stored.wgsl?raw';
import triangleBufferWgsl from '../../../shaders/linear/triangle_buffer.wgsl?raw';
import triangleTextureWgsl from '../../../shaders/linear/triangle_texture.wgsl?raw';
import { expandTemplate } from '../../gpu/template';
import { optimizerOf, type OptimizerId } from '../../optimizers/registry';
import type { LeastSquares } from '../../problems/types';
import { rowTileOf, type Mapping } from './mapping';
import { RECORD_TILE, type RecordPlan } from './record-plan';
import { storedRows, type RowLayout } from './row-texture';
import { MARKS } from './submissions';

export interface ProgramContext {
  readonly objective: LeastSquares;
  /** Rows of a kernel are worked out at each step and not kept. */
  readonly computedRows: boolean;
  readonly sampling: 'replacement' | 'epochs';
  readonly mapping: Mapping;
  /** What a recording reads; undefined for streams. */
  readonly recording: RecordPlan | undefined;
  /** Stored rows lie in a texture like this, and their triangular factor in another; in buffers where absent. */
  readonly rowTexture?: RowLayout | undefined;
  /** Invocations of a workgroup. */
  readonly workgroup: number;
}

/**
 * Whole steps in one dispatch, with recordings at its marks where {@link isMarked}. `evenBatches`: no lane has an odd batch
 * size. Bind: work, lanes, state, alive, members, and the source's buffers; for recordings losses, and spectrum or triangle.
 */
export function fusedSteps(context: ProgramContext, optimizers: readonly OptimizerId[], evenBatches: boolean): string {
  const { threads, blocksPerThread } = context.mapping;
  // Sums are the same, in the same order, with one row at a time; gradients wait in registers half as often.
  const rowsTogether = evenBatches && threads >= 4 && 'count' in context.objective.rows ? 2 : 1;
  const padded = threads * blocksPerThread !== blocksOf(context);
  const marked = isMarked(context);
  return program(context, [
    [
      `const SLOTS = ${optimizers.length}u;`,
      `const BLOCKS_PER_THREAD = ${blocksPerThread}u;`,
      `const HELD = ${optimizers.length * blocksPerThread}u;`,
      `const PADDED = ${padded};`,
      `const ROWS_TOGETHER = ${rowsTogether}u;`,
      `const MARKED = ${marked};`,
    ].join('\n'),
    ...(marked ? [`const MARKS = ${MARKS}u;`, recordLossWgsl, marksWgsl, ...lossAtMarks(context)] : [marksNoneWgsl]),
    ...source(context),
    ...updateRules(optimizers),
    ...slotMemory(optimizers),
    ...sharedDraws(rowsTogether),
    expandTemplate(fusedStepsWgsl, {
      SLOTS: optimizers.length,
      BLOCKS_PER_THREAD: blocksPerThread,
      ROWS_TOGETHER: rowsTogether,
      MARKS: marked ? 1 : 0,
      STREAM_MARKS: marked && !context.recording ? 1 : 0,
      ROW_MARKS: marked && context.recording ? 1 : 0,
    }),
  ]);
}

/** Whether the dispatches of {@link fusedSteps} make the recordings as well: of streams, and where few rows are read. */
export const isMarked = ({ objective, mapping, recording }: Omit<ProgramContext, 'workgroup'>): boolean =>
  mapping.path === 'fused' && ('scales' in objective.rows || recording?.triangular === true);

const lossAtMarks = ({ recording, rowTexture }: ProgramContext): string[] =>
  recording
    ? [
        `const RECORD_ROWS = ${recording.rows}u;`,
        lossOfSum(recording),
        rowTexture ? triangleTextureWgsl : triangleBufferWgsl,
        marksRowsWgsl,
      ]
    : [marksStreamWgsl];

/** What the invocations of a quad drew, each its own row. */
const sharedDraws = (rows: number) =>
  Array.from({ length: rows }, (_, r) => {
    const draw = rows === 1 ? 'own' : `quadBroadcast(own, ${r}u)`;
    return `fn shared_draw_${r}(own: vec2u) -> vec2u {\n  return ${draw};\n}`;
  });

/** Residuals of one step. Bind: work, lanes, state, alive, members, draws, residuals, and the source's buffers. */
export function residuals(context: ProgramContext, slots: number, maxBatch: number): string {
  const rowTile = rowTileOf(context.mapping, maxBatch);
  return program(context, [
    `const SLOTS = ${slots}u;\nconst MAX_BATCH = ${maxBatch}u;\nconst ROW_TILE = ${rowTile}u;`,
    ...source(context),
    sampleOrigin(context),
    expandTemplate(residualsWgsl, { SLOTS: slots, ROW_TILE: rowTile }),
  ]);
}

/** Tiles of {@link residuals} in one group of lanes. */
export const residualTiles = (mapping: Mapping, maxBatch: number): number =>
  Math.ceil(maxBatch / rowTileOf(mapping, maxBatch));

/** Gradient and update of one step. Bind as for {@link residuals}. */
export function descend(context: ProgramContext, optimizers: readonly OptimizerId[], maxBatch: number): string {
  return program(context, [
    `const SLOTS = ${optimizers.length}u;\nconst MAX_BATCH = ${maxBatch}u;`,
    ...source(context),
    ...updateRules(optimizers),
    expandTemplate(descendWgsl, { SLOTS: optimizers.length }),
  ]);
}

/** Losses of a stream. Bind: work, lanes, state, alive, losses, spectrum. */
export const recordStream = (context: ProgramContext): string => program(context, [recordLossWgsl, recordStreamWgsl]);

/**
 * Squared residuals over the rows that a recording reads, for every lane. Bind: work, lanes, state, alive, losses or
 * partials, the rows' texture, or recordFeatures as `features`, and recordTargets as `targets`.
 */
export function recordRows(context: ProgramContext, plan: RecordPlan, slots: number): string {
  const { parts, rows } = plan;
  const { path, blocksPerThread } = context.mapping;
  return program(context, [
    `const PARTS = ${parts}u;\nconst SLOTS = ${slots}u;\nconst ROW_TILE = ${RECORD_TILE}u;\nconst RECORD_ROWS = ${rows}u;`,
    // A triangular factor lies in a buffer, whatever holds the rows themselves.
    ...storedRows(rows, plan.triangular ? undefined : context.rowTexture),
    ...(parts === 1 ? [recordLossWgsl, lossOfSum(plan), recordWholeWgsl] : [recordPartWgsl]),
    ...(path === 'fused'
      ? [expandTemplate(recordHeldWgsl, { SLOTS: slots, BLOCKS_PER_THREAD: blocksPerThread })]
      : [
          `const TRIANGULAR = ${plan.triangular};`,
          expandTemplate(recordRowsWgsl, { SLOTS: slots, ROW_TILE: RECORD_TILE }),
        ]),
  ]);
}

/** Lanes in a tile of a recording: as many as registers hold, with as little padding as possible. */
export function recordSlots({ path, blocksPerThread }: Mapping, lanes: number): number {
  const most = path === 'fused' ? Math.max(4, Math.min(12, Math.floor(48 / blocksPerThread))) : 8;
  return Math.ceil(lanes / Math.ceil(lanes / most));
}

/** Their sums, where a lane's rows are cut into parts. Bind: work, lanes, alive, losses, partials. */
export const recordSums = (context: ProgramContext, plan: RecordPlan): string =>
  program(context, [`const PARTS = ${plan.parts}u;`, recordLossWgsl, lossOfSum(plan), recordSumsWgsl]);

/** f = (sum + rest) / (2 count). */
const lossOfSum = ({ rest, count }: RecordPlan) =>
  `fn loss_of_sum(sum: f32) -> f32 {\n  return (sum + ${float(rest)}) / ${float(2 * count)};\n}`;

/** A number as WGSL text, rounded to float32. */
const float = (value: number) => {
  const text = String(Math.fround(value));
  return `f32(${/[.e]/.test(text) ? text : `${text}.0`})`;
};

const blocksOf = ({ objective }: ProgramContext) => Math.ceil(objective.dimension / 4);

function program(context: ProgramContext, parts: readonly string[]): string {
  const { mapping, workgroup, objective } = context;
  const { threads } = mapping;
  const constants = [
    `const DIMENSION = ${context.objective.dimension}u;`,
    `const BLOCKS = ${blocksOf(context)}u;`,
    // Arrays of known length are cheaper to keep within their bounds.
    ...('count' in objective.rows ? [`const ROWS = ${objective.rows.count}u;`] : []),
    `const THREADS = ${threads}u;`,
    `const WORKGROUP = ${workgroup}u;`,
  ].join('\n');
  return [subgroupHead(threads), constants, laneWgsl, randomWgsl, sumOverThreads(mapping), ...parts].join('\n\n');
}

/** Groups of lanes end at different steps and batches, but the invocations of one group always go together. */
const subgroupHead = (threads: number) =>
  threads > 1 ? 'enable subgroups;\ndiagnostic(off, subgroup_uniformity);' : '';

/** Sum over the invocations of one group: at once where they are a whole subgroup, else quads first, then wider. */
function sumOverThreads({ threads, wholeSubgroup }: Mapping): string {
  const lines: string[] = [];
  if (wholeSubgroup) lines.push('sum = subgroupAdd(sum);');
  else {
    if (threads >= 2) lines.push('sum += quadSwapX(sum);');
    if (threads >= 4) lines.push('sum += quadSwapY(sum);');
    for (let width = 4; width < threads; width *= 2) lines.push(`sum += subgroupShuffleXor(sum, ${width}u);`);
  }
  return `fn sum_over_threads(value: f32) -> f32 {\n  var sum = value;\n  ${lines.join('\n  ')}\n  return sum;\n}`;
}

function source({ objective, sampling, computedRows, rowTexture }: ProgramContext): string[] {
  const draw = sampling === 'epochs' ? drawEpochsWgsl : drawReplacementWgsl;
  switch (objective.rows.kind) {
    case 'component-decoupled':
      return [sourceDecoupledWgsl, gradientFeaturesWgsl];
    case 'gaussian':
      return [sourceGaussianWgsl, gradientFeaturesWgsl];
    case 'stored':
      return [draw, ...storedRows(objective.rows.count, rowTexture), sourceStoredWgsl, gradientFeaturesWgsl];
    case 'kernel':
      return computedRows
        ? [draw, sourceComputedWgsl, gradientKernelWgsl]
        : [draw, ...storedRows(objective.rows.count, undefined), sourceStoredWgsl, gradientKernelWgsl];
  }
}

/** What a lane's samples come from: the key of its draws, or the place of its minibatch. */
const sampleOrigin = ({ computedRows }: ProgramContext) =>
  `fn sample_origin(lane: u32) -> u32 {\n  return lanes[lane].${computedRows ? 'first_row' : 'key'};\n}`;

/** The optimizers' own WGSL, and one name per slot for the rule it runs. */
function updateRules(optimizers: readonly OptimizerId[]): string[] {
  const definitions = optimizers.map(optimizerOf);
  const slots = definitions.map(
    ({ prefix, iterate }, k) => `
fn slot_${k}_at(c: Coefficients, t: u32) -> Coefficients {
  return ${prefix}_at(c, t);
}

fn slot_${k}_step(s: Slots, g: vec4f, c: Coefficients) -> Slots {
  return ${prefix}_step(s, g, c);
}

fn slot_${k}_iterate(s: Slots) -> vec4f {
  return s.${'xyz'[iterate]};
}`,
  );
  return [...new Set(definitions.map(({ wgsl }) => wgsl)), ...slots];
}

/**
 * State between memory and registers, of any slot: the vectors that one of the optimizers has. Registers of a slot take those
 * of its own; the others are zero in memory and stay so.
 */
function slotMemory(optimizers: readonly OptimizerId[]): string[] {
  const vectors = ['x', 'y', 'z'].map((name, slot) => ({ name, slot }));
  const counts = optimizers.map((id) => optimizerOf(id).slots.length);
  const inMemory = vectors.slice(0, Math.max(...counts));
  const place = (slot: number) => `state[slot_offset(lane, ${slot}u) + block]`;
  const lines = (write: (vector: (typeof vectors)[number]) => string) => inMemory.map(write).join('\n');
  const memory = `
fn load_slots(lane: u32, block: u32) -> Slots {
  var s = Slots();
  if (!PADDED || block < BLOCKS) {
${lines(({ name, slot }) => `    s.${name} = ${place(slot)};`)}
  }
  return s;
}

fn store_slots(lane: u32, block: u32, s: Slots) {
  if (!PADDED || block < BLOCKS) {
${lines(({ name, slot }) => `    ${place(slot)} = s.${name};`)}
  }
}`;
  const chosen = counts.map((count, k) => {
    const choices = vectors.map(({ name, slot }) =>
      slot < count ? `select(old.${name}, s.${name}, here)` : `old.${name}`,
    );
    return `
fn chosen_slots_${k}(old: Slots, s: Slots, here: bool) -> Slots {
  return Slots(${choices.join(', ')});
}`;
  });
  return [memory, ...chosen];
}
