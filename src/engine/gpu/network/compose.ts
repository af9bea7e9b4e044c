/** How the WGSL programs of a network's passes are put together. */
import laneWgsl from '../../../../shaders/common/lane.wgsl?raw';
import giveGradientWgsl from '../../../../shaders/network/give_gradient.wgsl?raw';
import samplesEvaluationWgsl from '../../../../shaders/network/samples_evaluation.wgsl?raw';
import samplesTrainingWgsl from '../../../../shaders/network/samples_training.wgsl?raw';
import tileWgsl from '../../../../shaders/network/tile.wgsl?raw';
import { strideOf, type Network, type Shape } from '../../../models/network';
import type { Training } from '../../../problems/training';
import type { Uniform, Workspace } from './workspace';

/** Invocations of a workgroup. */
const WORKGROUP = 64;

export interface PassContext {
  readonly network: Network;
  /** Samples of a pass, of each lane. */
  readonly batch: number;
  readonly pass: 'training' | 'evaluation';
  readonly training?: Training;
  /** Channels of a pixel, where features are stored as bytes. */
  readonly byteChannels?: number | undefined;
  /** Whether products are worked out by quads of invocations; see quads.ts. What suits the adapter where absent. */
  readonly quads?: boolean;
  /** Whether quads work out convolutions of 3 × 3 taps by transformed tiles; see winograd.ts. What pays where absent. */
  readonly winograd?: boolean;
}

export interface Program {
  readonly code: string;
  /** Invocations for each lane. */
  readonly invocations: number;
  /** Invocations of a workgroup, where it isn't the usual number. */
  readonly workgroup?: number;
}

/** A dispatch to come: its program over a number of lanes, and what it binds besides what all bind. */
export interface Job {
  readonly label: string;
  readonly program: Program;
  readonly buffers: Readonly<Record<string, GPUBuffer | Workspace | Uniform>>;
  readonly lanes: number;
}

/** Workgroups of a program over so many lanes. */
export const workgroupsOf = ({ invocations, workgroup = WORKGROUP }: Program, lanes: number): number =>
  Math.ceil((invocations * lanes) / workgroup);

/** How a gradient reaches a tensor. */
export interface Given {
  /** The tensor is a positive part: it passes on nothing where it was cut off. */
  readonly relu: boolean;
  /** Another reader of the tensor has given before: add to it. */
  readonly add: boolean;
}

/** Rows and columns that one invocation works out; of samples or pixels, or of blocks of four channels. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
}

/** Invocations of a lane below which tiles are cut: fewer leave most of a GPU idle, and hide no latency. */
const ENOUGH_INVOCATIONS = 1024;

/** The tile, cut in halves until there are enough of them or they are single rows and columns. */
export function spread({ rows, columns }: Tile, rowCount: number, columnCount: number): Tile {
  const enough = Math.ceil(rowCount / rows) * Math.ceil(columnCount / columns) >= ENOUGH_INVOCATIONS;
  if (enough || (rows === 1 && columns === 1)) return { rows, columns };
  const smaller = rows > columns ? { rows: Math.ceil(rows / 2), columns } : { rows, columns: Math.ceil(columns / 2) };
  return spread(smaller, rowCount, columnCount);
}

/** Tiles no larger than what there is: their WGSL, and how many of them there are in so many copies of a product. */
export function tilesOf(tile: Tile, rows: number, columns: number, copies = 1) {
  const [tileRows, tileColumns] = [Math.min(tile.rows, rows), Math.min(tile.columns, columns)];
  const [rowTiles, columnTiles] = [Math.ceil(rows / tileRows), Math.ceil(columns / tileColumns)];
  return {
    counts: { ROWS: tileRows, COLUMNS: tileColumns },
    declared: [
      constants({
        ROWS: tileRows,
        COLUMNS: tileColumns,
        ROW_TILES: rowTiles,
        COLUMN_TILES: columnTiles,
        COPIES: copies,
      }),
      tileWgsl,
    ].join('\n\n'),
    number: rowTiles * columnTiles * copies,
  };
}

/**
 * Blocks of four numbers that an invocation works out one after another, where each is by itself: in software an invocation
 * costs as much as what it does for one.
 */
const TOGETHER = 32;

/** Invocations for so many blocks. */
export const invocationsFor = ({ quads }: PassContext, blocks: number): number =>
  Math.ceil(blocks / (quads ? TOGETHER : 1));

/** Which samples and weights the pass works on. */
export const samples = ({ pass }: PassContext): string =>
  pass === 'training' ? samplesTrainingWgsl : samplesEvaluationWgsl;

/** The function that gives a gradient to `dx`, in such units. Bind: x, dx. */
export const giving = ({ relu, add }: Given, unit: 'vec4f' | 'f32' = 'vec4f'): string =>
  [`alias Unit = ${unit};`, switches({ RELU: relu, ADD: add }), giveGradientWgsl].join('\n\n');

/** Blocks of four channels of a pixel. */
export const channelBlocks = (shape: Pick<Shape, 'channels'>): number => strideOf(shape) / 4;

/** Blocks of four numbers that tell what is wanted of a sample. */
export const targetBlocks = (network: Network): number =>
  network.loss === 'cross-entropy' ? 1 : strideOf({ channels: network.outputs }) / 4;

export const pixelsOf = ({ height, width }: Shape): number => height * width;

/**
 * The phases in which an input gradient works out the pixels of an image: see shaders/conv/phase.wgsl. Those that no tap
 * reaches are left out where others have given before.
 */
export function phasesOf(
  { height, width }: Shape,
  { size, stride }: { readonly size: 1 | 3; readonly stride: 1 | 2 },
  { add }: Given,
) {
  return {
    number: (add ? Math.min(size, stride) : stride) ** 2,
    /** Pixels of the largest, and whether all have as many. */
    pixels: Math.ceil(height / stride) * Math.ceil(width / stride),
    alike: height % stride === 0 && width % stride === 0,
  };
}

/** Constants of the pixels that an operation takes and gives. */
export const planes = (from: Shape, to: Shape) => ({
  INPUT_HEIGHT: from.height,
  INPUT_WIDTH: from.width,
  INPUT_PIXELS: pixelsOf(from),
  OUTPUT_HEIGHT: to.height,
  OUTPUT_WIDTH: to.width,
  OUTPUT_PIXELS: pixelsOf(to),
});

export const constants = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .map(([name, value]) => `const ${name} = ${value}u;`)
    .join('\n');

export const switches = (values: Readonly<Record<string, boolean>>): string =>
  Object.entries(values)
    .map(([name, value]) => `const ${name} = ${value};`)
    .join('\n');

/** A module: what every kernel knows, then these parts. */
export function compose({ network, batch }: PassContext, parts: readonly string[], workgroup = WORKGROUP): string {
  return [constants({ BLOCKS: network.dimension / 4, BATCH: batch, WORKGROUP: workgroup }), laneWgsl, ...parts].join(
    '\n\n',
  );
}
