// Losses over the rows of the data's triangular factor, each with its target in a block behind it.

// Past the last block the iterate is zero: what is read of the row there does not count.
fn record_block(row: u32, block: u32) -> vec4f {
  return triangle_block(row, min(block, BLOCKS - 1u));
}

fn record_target(row: u32) -> f32 {
  return triangle_block(row, BLOCKS).x;
}
