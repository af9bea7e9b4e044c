// Minibatch rows from a stored data set in a texture: ROWS_ACROSS of them, a power of two, beside each other in a line, each
// BLOCKS texels wide. A draw is (row, bits of the target).
//
// A sampler asked for the middle of a texel returns that texel. Software adapters, which load from a buffer one number at a
// time, sample whole texels; textureLoad would look up the texture's size for each of them.

@group(0) @binding(8) var row_texels: texture_2d<f32>;
@group(0) @binding(9) var<storage, read> targets: array<f32, ROWS>;
@group(0) @binding(10) var nearest_texel: sampler;

const TEXEL = 1.0 / vec2f(f32(ROWS_ACROSS * BLOCKS), f32(ROW_LINES));

fn draw_sample(draws: StepDraws, index: u32) -> vec2u {
  let row = draw_row(draws, index);
  return vec2u(row, bitcast<u32>(targets[row]));
}

fn sample_target(draw: vec2u) -> f32 {
  return bitcast<f32>(draw.y);
}

fn sample_block(draw: vec2u, key: u32, step: u32, index: u32, block: u32) -> vec4f {
  var place = vec2u(block, draw.x);
  if (ROWS_ACROSS > 1u) {
    place += vec2u((draw.x & (ROWS_ACROSS - 1u)) * BLOCKS, (draw.x >> ROWS_ACROSS_BITS) - draw.x);
  }
  // Signed: cheaper to convert.
  return textureSampleLevel(row_texels, nearest_texel, (vec2f(vec2i(place)) + 0.5) * TEXEL, 0.0);
}
