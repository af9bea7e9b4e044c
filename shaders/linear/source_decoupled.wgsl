// Fresh component-decoupled samples x = scales_j z e_j, z ~ N(0, 2), with target 0 (error coordinates).
// A draw is (axis j, bits of z).

@group(0) @binding(8) var<storage, read> scales: array<vec4f, BLOCKS>;

struct StepDraws {
  words: StepWords,
}

fn draws_of_step(key: u32, step: u32, batch: u32) -> StepDraws {
  return StepDraws(words_of_step(key, step));
}

fn draw_sample(draws: StepDraws, index: u32) -> vec2u {
  let words = words_of_sample(draws.words, index);
  let z = 1.41421356 * normal_pair(words.y, words.z).x;
  return vec2u(scale_word_short(words.x, DIMENSION), bitcast<u32>(z));
}

fn sample_target(draw: vec2u) -> f32 {
  return 0.0;
}

fn sample_block(draw: vec2u, key: u32, step: u32, index: u32, block: u32) -> vec4f {
  let place = vec4u(4u * block) + vec4u(0u, 1u, 2u, 3u);
  return select(vec4f(), bitcast<f32>(draw.y) * scales[block], place == vec4u(draw.x));
}
