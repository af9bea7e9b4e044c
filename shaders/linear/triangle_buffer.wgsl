// The data's triangular factor in a buffer.

@group(0) @binding(6) var<storage, read> triangle: array<vec4f, RECORD_ROWS * (BLOCKS + 1u)>;

fn triangle_block(row: u32, place: u32) -> vec4f {
  return triangle[row * (BLOCKS + 1u) + place];
}
