// Fresh Gaussian samples x_j = scales_j z_j with target 0 (error coordinates). A draw needs no words of its own.

@group(0) @binding(8) var<storage, read> scales: array<vec4f, BLOCKS>;

struct StepDraws {
  unused: u32,
}

fn draws_of_step(key: u32, step: u32, batch: u32) -> StepDraws {
  return StepDraws();
}

fn draw_sample(draws: StepDraws, index: u32) -> vec2u {
  return vec2u();
}

fn sample_target(draw: vec2u) -> f32 {
  return 0.0;
}

fn sample_block(draw: vec2u, key: u32, step: u32, index: u32, block: u32) -> vec4f {
  return scales[block] * normal_block(key, step, index, block);
}
