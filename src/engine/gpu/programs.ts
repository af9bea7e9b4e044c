/** The WGSL programs of least-squares lanes, composed from the files in `shaders/`. */
import laneWgsl from '../../../shaders/common/lane.wgsl?raw';
import randomWgsl from '../../../shaders/common/random.wgsl?raw';
import descendWgsl from '../../../shaders/linear/descend.wgsl?raw';
import drawEpochsWgsl from '../../../shaders/linear/draw_epochs.wgsl?raw';
import drawReplacementWgsl from '../../../shaders/linear/draw_replacement.wgsl?raw';
import fusedStepsWgsl from '../../../shaders/linear/fused_steps.wgsl?raw';
import recordLossWgsl from '../../../shaders/linear/record_loss.wgsl?raw';
import recordRowsWgsl from '../../../shaders/linear/record_rows.wgsl?raw';
import recordStreamWgsl from '../../../shaders/linear/record_stream.wgsl?raw';
import recordSumsWgsl from '../../../shaders/linear/record_sums.wgsl?raw';
import residualsWgsl from '../../../shaders/linear/residuals.wgsl?raw';
import sourceDecoupledWgsl from '../../../shaders/linear/source_decoupled.wgsl?raw';
import sourceGaussianWgsl from '../../../shaders/linear/source_gaussian.wgsl?raw';
import sourceStoredWgsl from '../../../shaders/linear/source_stored.wgsl?raw';
import { expandTemplate } from '../../gpu/template';
import { optimizerOf, type OptimizerId } from '../../optimizers/registry';
import type { LeastSquares } from '../../problems/types';
import type { Mapping } from './mapping';

export interface ProgramContext {
  readonly objective: LeastSquares;
  readonly sampling: 'replacement' | 'epochs';
  readonly mapping: Mapping;
}

/** Whole steps in one dispatch. Bind: work, lanes, state, alive, members, and the source's buffers. */
export function fusedSteps(context: ProgramContext, optimizers: readonly OptimizerId[]): string {
  const { threads, blocksPerThread } = context.mapping;
  const padded = threads * blocksPerThread !== blocksOf(context);
  return program(context, [
    `const SLOTS = ${optimizers.length}u;\nconst PADDED = ${padded};`,
    ...source(context),
    ...updateRules(optimizers),
    expandTemplate(fusedStepsWgsl, { SLOTS: optimizers.length, BLOCKS_PER_THREAD: blocksPerThread }),
  ]);
}

/** Residuals of one step. Bind: work, lanes, state, alive, members, draws, residuals, and the source's buffers. */
export function residuals(context: ProgramContext, slots: number, maxBatch: number): string {
  const rowTile = maxBatch >= 8 ? 8 : maxBatch >= 4 ? 4 : 1;
  return program(context, [
    `const SLOTS = ${slots}u;\nconst MAX_BATCH = ${maxBatch}u;\nconst ROW_TILE = ${rowTile}u;`,
    ...source(context),
    expandTemplate(residualsWgsl, { SLOTS: slots, ROW_TILE: rowTile }),
  ]);
}

/** Tiles of {@link residuals} in one group of lanes. */
export const residualTiles = (maxBatch: number): number =>
  Math.ceil(maxBatch / (maxBatch >= 8 ? 8 : maxBatch >= 4 ? 4 : 1));

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

/** Squared residuals over stored rows. Bind: lanes, state, alive, partials, features, targets. */
export function recordRows(context: ProgramContext, parts: number, slots: number): string {
  return program(context, [
    `const PARTS = ${parts}u;\nconst SLOTS = ${slots}u;\nconst ROW_TILE = ${RECORD_ROWS}u;`,
    expandTemplate(recordRowsWgsl, { SLOTS: slots, ROW_TILE: RECORD_ROWS }),
  ]);
}

/** Lanes in a tile of a recording: about five, with as little padding as possible. */
export const recordSlots = (lanes: number): number => Math.ceil(lanes / Math.ceil(lanes / 5));

/** Rows in a tile of a recording. */
const RECORD_ROWS = 8;

/** Their sums. Bind: work, lanes, alive, losses, partials, targets. */
export const recordSums = (context: ProgramContext, parts: number): string =>
  program(context, [`const PARTS = ${parts}u;`, recordLossWgsl, recordSumsWgsl]);

const blocksOf = ({ objective }: ProgramContext) => Math.ceil(objective.dimension / 4);

function program(context: ProgramContext, parts: readonly string[]): string {
  const { threads, workgroup } = context.mapping;
  const constants = [
    `const DIMENSION = ${context.objective.dimension}u;`,
    `const BLOCKS = ${blocksOf(context)}u;`,
    `const THREADS = ${threads}u;`,
    `const WORKGROUP = ${workgroup}u;`,
  ].join('\n');
  return [subgroupHead(threads), constants, laneWgsl, randomWgsl, sumOverThreads(threads), ...parts].join('\n\n');
}

/** Groups of lanes end at different steps and batches, but the invocations of one group always go together. */
const subgroupHead = (threads: number) =>
  threads > 1 ? 'enable subgroups;\ndiagnostic(off, subgroup_uniformity);' : '';

/** Sum over the invocations of one group: neighbours in a quad first, then quads. */
function sumOverThreads(threads: number): string {
  const lines: string[] = [];
  if (threads >= 2) lines.push('sum += quadSwapX(sum);');
  if (threads >= 4) lines.push('sum += quadSwapY(sum);');
  for (let width = 4; width < threads; width *= 2) lines.push(`sum += subgroupShuffleXor(sum, ${width}u);`);
  return `fn sum_over_threads(value: f32) -> f32 {\n  var sum = value;\n  ${lines.join('\n  ')}\n  return sum;\n}`;
}

function source({ objective, sampling }: ProgramContext): string[] {
  switch (objective.rows.kind) {
    case 'component-decoupled':
      return [sourceDecoupledWgsl];
    case 'gaussian':
      return [sourceGaussianWgsl];
    case 'stored':
      return [sourceStoredWgsl, sampling === 'epochs' ? drawEpochsWgsl : drawReplacementWgsl];
  }
}

/** The optimizers' own WGSL, and one name per slot for the rule it runs. */
function updateRules(optimizers: readonly OptimizerId[]): string[] {
  const definitions = optimizers.map(optimizerOf);
  const slots = definitions.map(
    ({ prefix }, k) => `
fn slot_${k}_at(c: Coefficients, t: u32) -> Coefficients {
  return ${prefix}_at(c, t);
}

fn slot_${k}_step(s: Slots, g: vec4f, c: Coefficients) -> Slots {
  return ${prefix}_step(s, g, c);
}`,
  );
  return [...new Set(definitions.map(({ wgsl }) => wgsl)), ...slots];
}
