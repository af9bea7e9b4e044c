// Recordings of a stream's losses between steps, exact in expectation: f(w) = (1/2) sum of spectrum_j w_j^2. All invocations
// of a group know a loss, the first one writes it.

@group(0) @binding(5) var<storage, read_write> losses: array<u32>;
@group(0) @binding(6) var<storage, read> spectrum: array<vec4f, BLOCKS>;

fn mark_of(row: u32) -> u32 {
  return select(0xffffffffu, work.marks[min(row, 55u) / 4u][row % 4u], row < 56u);
}

fn loss_block(w: vec4f, block: u32) -> vec4f {
  return spectrum[min(block, BLOCKS - 1u)] * w * w;
}

fn loss_of_blocks(sum: vec4f) -> f32 {
  return 0.5 * sum_over_threads(dot(sum, vec4f(1.0)));
}

// Returns 0 where the lane has ended.
fn record_mark(lane: u32, row: u32, q: u32, loss: f32, living: u32) -> u32 {
  if (q == 0u) {
    record_at(row, lane, loss, living);
  }
  return select(living, 0u, is_beyond(loss));
}
