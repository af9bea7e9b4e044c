// Recordings between steps. All invocations of a group know a loss, the first one writes it.

@group(0) @binding(5) var<storage, read_write> losses: array<u32>;

fn mark_of(row: u32) -> u32 {
  return select(0xffffffffu, work.marks[min(row, MARKS - 1u) / 4u][row % 4u], row < MARKS);
}

// `living`, or 0 where the lane ends.
fn record_mark(lane: u32, row: u32, q: u32, loss: f32, living: u32) -> u32 {
  if (q == 0u) {
    record_at(row, lane, loss, living);
  }
  return select(living, 0u, is_beyond(loss));
}
