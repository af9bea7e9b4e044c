// Stored rows in a texture: ROWS_ACROSS of them, a power of two, beside each other in a line, each BLOCKS texels wide.
//
// A sampler asked for the middle of a texel returns that texel. Software adapters, which load from a buffer one number at a
// time, sample whole texels; textureLoad would look up the texture's size for each of them.

@group(0) @binding(8) var row_texels: texture_2d<f32>;
@group(0) @binding(10) var nearest_texel: sampler;

const TEXEL = 1.0 / vec2f(f32(ROWS_ACROSS * BLOCKS), f32(ROW_LINES));

fn row_block(row: u32, block: u32) -> vec4f {
  var place = vec2u(block, row);
  if (ROWS_ACROSS > 1u) {
    place = vec2u((row & (ROWS_ACROSS - 1u)) * BLOCKS + block, row >> ROWS_ACROSS_BITS);
  }
  // Signed: cheaper to convert.
  return textureSampleLevel(row_texels, nearest_texel, (vec2f(vec2i(place)) + 0.5) * TEXEL, 0.0);
}
