// Minibatch rows from a stored data set. A draw is (row, bits of the target).

@group(0) @binding(9) var<storage, read> targets: array<f32, ROWS>;

fn draw_sample(draws: StepDraws, index: u32) -> vec2u {
  let row = draw_row(draws, index);
  return vec2u(row, bitcast<u32>(targets[row]));
}

fn sample_target(draw: vec2u) -> f32 {
  return bitcast<f32>(draw.y);
}

fn sample_block(draw: vec2u, key: u32, step: u32, index: u32, block: u32) -> vec4f {
  return row_block(draw.x, block);
}
