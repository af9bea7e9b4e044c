// Dropout while training.

@group(0) @binding(6) var<storage, read> x: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;

fn work_out(place: u32, lane: u32, number: u32) {
  let at = place * BATCH * SIZE_BLOCKS + number;
  let from_inputs = first_input(place) * SIZE_BLOCKS + number;
  y[at] = x[select(at, from_inputs, FROM_INPUTS)] * dropout_factor(lane, number / SIZE_BLOCKS, number % SIZE_BLOCKS);
}
