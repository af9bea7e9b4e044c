// The data's triangular factor in a texture, a row in a line; read as in rows_texture.

@group(0) @binding(6) var triangle_texels: texture_2d<f32>;

fn triangle_block(row: u32, place: u32) -> vec4f {
  const texel = 1.0 / vec2f(f32(BLOCKS + 1u), f32(RECORD_ROWS));
  return textureSampleLevel(triangle_texels, nearest_texel, (vec2f(vec2i(vec2u(place, row))) + 0.5) * texel, 0.0);
}
