// The gradient of a convolution with respect to its weights and bias, over one of PARTS parts of the samples. One invocation
// works out one tap of ROWS blocks of four input channels by COLUMNS blocks of four output channels of one lane.

@group(0) @binding(6) var<storage, read> x: array<vec4f>;
@group(0) @binding(7) var<storage, read> dy: array<vec4f>;
// For each member and part the weights, then the bias; the gradient itself (DIRECT) where there is only one part.
@group(0) @binding(8) var<storage, read_write> parts: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let tile = tile_at(invocation_index(id, size));
  if (!tile.wanted) {
    return;
  }
  let tap = tile.copy % (SIZE * SIZE);
  let part = tile.copy / (SIZE * SIZE);
  let first = select(tile.place * BATCH, first_input(tile.place), FROM_INPUTS);
  let down = tap / SIZE;
  let right = tap % SIZE;
  // Output pixels for which the tap lies within the image.
  let from_h = select(0u, 1u, down < PADDING);
  let from_v = select(0u, 1u, right < PADDING);
  let to_h = min(OUTPUT_HEIGHT, (INPUT_HEIGHT + PADDING - down + STRIDE - 1u) / STRIDE);
  let to_v = min(OUTPUT_WIDTH, (INPUT_WIDTH + PADDING - right + STRIDE - 1u) / STRIDE);
  //#for r in ROWS
  let row_$r = min(tile.row + $ru, INPUT_BLOCKS - 1u);
  //#end
  //#for c in COLUMNS
  let column_$c = min(tile.column + $cu, OUTPUT_BLOCKS - 1u);
  var b_$c = vec4f();
  //#for r in ROWS
  var p_$r_$c = vec4f();
  var q_$r_$c = vec4f();
  var s_$r_$c = vec4f();
  var t_$r_$c = vec4f();
  //#end
  //#end
  for (var i = part * BATCH / PARTS; i < (part + 1u) * BATCH / PARTS; i++) {
    for (var h = from_h; h < to_h; h++) {
      let x_row = ((first + i) * INPUT_HEIGHT + h * STRIDE + down - PADDING) * INPUT_WIDTH + right - PADDING;
      let d_row = ((tile.place * BATCH + i) * OUTPUT_HEIGHT + h) * OUTPUT_WIDTH;
      for (var v = from_v; v < to_v; v++) {
        let x_at = (x_row + v * STRIDE) * INPUT_BLOCKS;
        let d_at = (d_row + v) * OUTPUT_BLOCKS;
        //#for c in COLUMNS
        let v_$c = dy[d_at + column_$c];
        b_$c += v_$c;
        //#end
        //#for r in ROWS
        let u_$r = x[x_at + row_$r];
        //#for c in COLUMNS
        p_$r_$c += u_$r.x * v_$c;
        q_$r_$c += u_$r.y * v_$c;
        s_$r_$c += u_$r.z * v_$c;
        t_$r_$c += u_$r.w * v_$c;
        //#end
        //#end
      }
    }
  }
  let length = 4u * SIZE * SIZE * INPUT_BLOCKS * OUTPUT_BLOCKS;
  let start = (tile.place * PARTS + part) * (length + OUTPUT_BLOCKS);
  let weights = select(start, tile.lane * BLOCKS + layer.weights, DIRECT);
  let bias = select(start + length, tile.lane * BLOCKS + layer.bias, DIRECT);
  //#for c in COLUMNS
  if (tile.column + $cu < OUTPUT_BLOCKS) {
    //#for r in ROWS
    if (tile.row + $ru < INPUT_BLOCKS) {
      let at = weights + 4u * (tap * INPUT_BLOCKS + tile.row + $ru) * OUTPUT_BLOCKS + tile.column + $cu;
      parts[at] = p_$r_$c;
      parts[at + OUTPUT_BLOCKS] = q_$r_$c;
      parts[at + 2u * OUTPUT_BLOCKS] = s_$r_$c;
      parts[at + 3u * OUTPUT_BLOCKS] = t_$r_$c;
    }
    //#end
    // The middle tap sees every pixel.
    if (HAS_BIAS && tile.row == 0u && down == PADDING && right == PADDING) {
      parts[bias + tile.column + $cu] = b_$c;
    }
  }
  //#end
}
