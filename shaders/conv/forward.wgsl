// y = x * W + b, or its positive part: a matrix product whose rows are the output pixels of all samples, and whose inner
// index runs over taps and input channels. One invocation works out ROWS pixels by COLUMNS blocks of four channels of one
// lane. What lies outside the image is zero.

@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(2) var<storage, read> state: array<vec4f>;
@group(0) @binding(6) var<storage, read> x: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let tile = tile_at(invocation_index(id, size));
  if (!tile.wanted) {
    return;
  }
  let first = select(tile.place * BATCH, first_input(tile.place), FROM_INPUTS);
  //#for r in ROWS
  let pixel_$r = min(tile.row + $ru, BATCH * OUTPUT_PIXELS - 1u);
  let image_$r = (first + pixel_$r / OUTPUT_PIXELS) * INPUT_PIXELS;
  // Place of the first tap, less than zero (as a large number) where it is padding.
  let top_$r = ((pixel_$r / OUTPUT_WIDTH) % OUTPUT_HEIGHT) * STRIDE - PADDING;
  let left_$r = (pixel_$r % OUTPUT_WIDTH) * STRIDE - PADDING;
  //#end
  let bias = weights_of(tile.lane) + layer.bias;
  //#for c in COLUMNS
  let column_$c = min(tile.column + $cu, OUTPUT_BLOCKS - 1u);
  var b_$c = vec4f();
  if (HAS_BIAS) {
    b_$c = state[bias + column_$c];
  }
  //#for r in ROWS
  var y_$r_$c = b_$c;
  //#end
  //#end
  for (var tap = 0u; tap < SIZE * SIZE; tap++) {
    let weights = weights_of(tile.lane) + layer.weights + 4u * tap * INPUT_BLOCKS * OUTPUT_BLOCKS;
    //#for r in ROWS
    let h_$r = top_$r + tap / SIZE;
    let v_$r = left_$r + tap % SIZE;
    let inside_$r = (h_$r < INPUT_HEIGHT) & (v_$r < INPUT_WIDTH);
    let x_$r = select(0u, (image_$r + h_$r * INPUT_WIDTH + v_$r) * INPUT_BLOCKS, inside_$r);
    //#end
    for (var k = 0u; k < INPUT_BLOCKS; k++) {
      let at = weights + 4u * k * OUTPUT_BLOCKS;
      //#for c in COLUMNS
      let p_$c = state[at + column_$c];
      let q_$c = state[at + OUTPUT_BLOCKS + column_$c];
      let s_$c = state[at + 2u * OUTPUT_BLOCKS + column_$c];
      let t_$c = state[at + 3u * OUTPUT_BLOCKS + column_$c];
      //#end
      //#for r in ROWS
      let u_$r = select(vec4f(), x[x_$r + k], inside_$r);
      //#for c in COLUMNS
      y_$r_$c += u_$r.x * p_$c + u_$r.y * q_$c + u_$r.z * s_$c + u_$r.w * t_$c;
      //#end
      //#end
    }
  }
  //#for r in ROWS
  if (tile.row + $ru < BATCH * OUTPUT_PIXELS) {
    let at = (tile.place * BATCH * OUTPUT_PIXELS + tile.row + $ru) * OUTPUT_BLOCKS;
    //#for c in COLUMNS
    if (tile.column + $cu < OUTPUT_BLOCKS) {
      y[at + tile.column + $cu] = select(y_$r_$c, max(y_$r_$c, vec4f()), RELU);
    }
    //#end
  }
  //#end
}
