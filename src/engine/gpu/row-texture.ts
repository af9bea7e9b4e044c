/**
 * Stored rows in a texture instead of a buffer. Software adapters emulate loads from buffers invocation by invocation,
 * number by number, but sample whole texels. The numbers are the same, bit for bit.
 */
import rowsBufferWgsl from '../../../shaders/linear/rows_buffer.wgsl?raw';
import rowsTextureWgsl from '../../../shaders/linear/rows_texture.wgsl?raw';
import type { Textures } from '../../gpu/kernel';
import type { BufferScope } from '../../gpu/memory';

/** `across` rows, a power of two, in each of `lines` lines of texels of four coordinates. */
export interface RowLayout {
  readonly across: number;
  readonly lines: number;
}

/** How `count` rows of `blocks` texels lie in a texture of at most `most` texels either way; undefined where they don't fit. */
export function rowLayout(count: number, blocks: number, most: number): RowLayout | undefined {
  let across = 1;
  while (Math.ceil(count / across) > most) across *= 2;
  return across * blocks <= most ? { across, lines: Math.ceil(count / across) } : undefined;
}

/** WGSL of `row_block(row, block)` for `count` stored rows: in a texture like this, else in the buffer `features`. */
export const storedRows = (count: number, layout: RowLayout | undefined): string[] =>
  layout
    ? [
        `const STORED_ROWS = ${count}u;`,
        `const ROWS_ACROSS = ${layout.across}u;`,
        `const ROWS_ACROSS_BITS = ${Math.log2(layout.across)}u;`,
        `const ROW_LINES = ${layout.lines}u;`,
        rowsTextureWgsl,
      ]
    : [`const STORED_ROWS = ${count}u;`, rowsBufferWgsl];

export interface RowTexture extends RowLayout {
  /** What `rows_texture.wgsl` binds, and `triangle_texture.wgsl` where there is a triangular factor. */
  readonly bindings: Textures;
}

export interface TextureRows {
  /** Row-major, padded to whole blocks of four coordinates. */
  readonly features: Float32Array<ArrayBuffer>;
  /** Blocks of a row. */
  readonly blocks: number;
  readonly layout: RowLayout;
  /** A triangular factor: rows of one block more, with the target in it. */
  readonly triangle?: Float32Array<ArrayBuffer> | undefined;
}

/** The textures are the scope's. */
export function uploadRows(device: GPUDevice, scope: BufferScope, rows: TextureRows): RowTexture {
  const { features, blocks, layout, triangle } = rows;
  const view = (label: string, data: Float32Array<ArrayBuffer>, width: number, lines: number) =>
    scope.uploadTexture(label, data, width, lines).createView();
  const bindings: Record<string, GPUTextureView | GPUSampler> = {
    row_texels: view('features', features, layout.across * blocks, layout.lines),
    nearest_texel: device.createSampler(),
  };
  if (triangle)
    bindings['triangle_texels'] = view('triangle', triangle, blocks + 1, triangle.length / (4 * blocks + 4));
  return { ...layout, bindings };
}
