/** The WGSL programs that work out rows of a kernel matrix, composed from the files in `shaders/`. */
import laneWgsl from '../../../shaders/common/lane.wgsl?raw';
import randomWgsl from '../../../shaders/common/random.wgsl?raw';
import gaussianWgsl from '../../../shaders/kernel/gaussian.wgsl?raw';
import laplacianWgsl from '../../../shaders/kernel/laplacian.wgsl?raw';
import matrixWgsl from '../../../shaders/kernel/matrix.wgsl?raw';
import minibatchWgsl from '../../../shaders/kernel/minibatch.wgsl?raw';
import polynomialWgsl from '../../../shaders/kernel/polynomial.wgsl?raw';
import tileWgsl from '../../../shaders/kernel/tile.wgsl?raw';
import drawEpochsWgsl from '../../../shaders/linear/draw_epochs.wgsl?raw';
import drawReplacementWgsl from '../../../shaders/linear/draw_replacement.wgsl?raw';
import { expandTemplate } from '../../gpu/template';
import type { Kernel, KernelInputs } from '../../problems/kernel';

/** Rows that an invocation works out together: each column that it loads serves all of them. */
export const TILE_ROWS = 4;
/** Invocations of a tile at most: each takes every so many-th block of columns. */
const MOST_SPREAD = 64;
export const WORKGROUP = 64;

export const blocksOf = (numbers: number): number => Math.ceil(numbers / 4);

/** Invocations that share a tile. */
export const spreadOf = ({ count }: KernelInputs): number => Math.min(MOST_SPREAD, blocksOf(count));

/** Rows of the whole matrix. Bind: kernel, inputs, values. */
export const matrixProgram = (inputs: KernelInputs): string => program(inputs, [], matrixWgsl);

/** Rows of the minibatches of a step. Bind: work, lanes, tiles, kernel, inputs, values. */
export const minibatchProgram = (inputs: KernelInputs, sampling: 'replacement' | 'epochs'): string =>
  program(inputs, [randomWgsl, sampling === 'epochs' ? drawEpochsWgsl : drawReplacementWgsl], minibatchWgsl);

const sources: Readonly<Record<Kernel['kind'], string>> = {
  gaussian: gaussianWgsl,
  laplacian: laplacianWgsl,
  polynomial: polynomialWgsl,
};

function program(inputs: KernelInputs, parts: readonly string[], main: string): string {
  const { kernel, count, width } = inputs;
  const constants = {
    ROWS: count,
    BLOCKS: blocksOf(count),
    INPUT_BLOCKS: blocksOf(width),
    SPREAD: spreadOf(inputs),
    TILE_ROWS,
    WORKGROUP,
  };
  const unrolled = { TILE_ROWS, COLUMNS: 4 };
  return [
    Object.entries(constants)
      .map(([name, value]) => `const ${name} = ${value}u;`)
      .join('\n'),
    laneWgsl,
    ...parts,
    sources[kernel.kind],
    expandTemplate(tileWgsl, unrolled),
    expandTemplate(main, unrolled),
  ].join('\n\n');
}
