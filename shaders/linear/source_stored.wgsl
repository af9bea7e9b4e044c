// Minibatch rows from a stored data set. A draw is (row, bits of the target).

@group(0) @binding(8) var<storage, read> features: array<vec4f>;
@group(0) @binding(9) var<storage, read> targets: array<f32>;

fn draw_sample(key: u32, step: u32, index: u32, batch: u32) -> vec2u {
  let row = draw_row(key, step, index, batch);
  return vec2u(row, bitcast<u32>(targets[row]));
}

fn sample_target(draw: vec2u) -> f32 {
  return bitcast<f32>(draw.y);
}

fn sample_block(draw: vec2u, key: u32, step: u32, index: u32, block: u32) -> vec4f {
  return features[draw.x * BLOCKS + block];
}
