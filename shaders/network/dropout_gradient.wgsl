// The gradient of a dropout, with the mask drawn again.

@group(0) @binding(7) var<storage, read> dy: array<vec4f>;

fn work_out(place: u32, lane: u32, number: u32) {
  let at = place * BATCH * SIZE_BLOCKS + number;
  give_gradient(at, dy[at] * dropout_factor(lane, number / SIZE_BLOCKS, number % SIZE_BLOCKS));
}
