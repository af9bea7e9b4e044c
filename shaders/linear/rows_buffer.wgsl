// Stored rows in a buffer.

@group(0) @binding(8) var<storage, read> features: array<vec4f, STORED_ROWS * BLOCKS>;

fn row_block(row: u32, block: u32) -> vec4f {
  return features[row * BLOCKS + block];
}
