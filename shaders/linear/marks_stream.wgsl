// Losses of a stream, exact in expectation: f(w) = (1/2) sum of spectrum_j w_j^2.

@group(0) @binding(6) var<storage, read> spectrum: array<vec4f, BLOCKS>;

fn loss_block(w: vec4f, block: u32) -> vec4f {
  return spectrum[min(block, BLOCKS - 1u)] * w * w;
}

fn loss_of_blocks(sum: vec4f) -> f32 {
  return 0.5 * sum_over_threads(dot(sum, vec4f(1.0)));
}
