// The gradient of a convolution with respect to its input: each input pixel gathers from the output pixels that read it.
// One invocation works out ROWS input pixels by COLUMNS blocks of four input channels of one lane.

@group(0) @binding(2) var<storage, read> state: array<vec4f>;
@group(0) @binding(7) var<storage, read> dy: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let tile = tile_at(invocation_index(id, size));
  if (!tile.wanted) {
    return;
  }
  //#for r in ROWS
  let pixel_$r = min(tile.row + $ru, BATCH * INPUT_PIXELS - 1u);
  let image_$r = (tile.place * BATCH + pixel_$r / INPUT_PIXELS) * OUTPUT_PIXELS;
  let top_$r = (pixel_$r / INPUT_WIDTH) % INPUT_HEIGHT + PADDING;
  let left_$r = pixel_$r % INPUT_WIDTH + PADDING;
  //#end
  //#for c in COLUMNS
  let column_$c = 4u * min(tile.column + $cu, INPUT_BLOCKS - 1u) * OUTPUT_BLOCKS;
  //#for r in ROWS
  var g_$r_$c = vec4f();
  //#end
  //#end
  for (var tap = 0u; tap < SIZE * SIZE; tap++) {
    let weights = slot_offset(tile.lane, 0u) + layer.weights + 4u * tap * INPUT_BLOCKS * OUTPUT_BLOCKS;
    //#for r in ROWS
    // Less than zero is a large number here. (`&&` would branch, which takes long to compile.)
    let h_$r = top_$r - tap / SIZE;
    let v_$r = left_$r - tap % SIZE;
    let whole_$r = (h_$r % STRIDE == 0u) & (v_$r % STRIDE == 0u);
    let inside_$r = whole_$r & (h_$r / STRIDE < OUTPUT_HEIGHT) & (v_$r / STRIDE < OUTPUT_WIDTH);
    let d_$r = select(0u, (image_$r + h_$r / STRIDE * OUTPUT_WIDTH + v_$r / STRIDE) * OUTPUT_BLOCKS, inside_$r);
    //#end
    for (var k = 0u; k < OUTPUT_BLOCKS; k++) {
      //#for c in COLUMNS
      let at_$c = weights + column_$c + k;
      let p_$c = state[at_$c];
      let q_$c = state[at_$c + OUTPUT_BLOCKS];
      let s_$c = state[at_$c + 2u * OUTPUT_BLOCKS];
      let t_$c = state[at_$c + 3u * OUTPUT_BLOCKS];
      //#end
      //#for r in ROWS
      let u_$r = select(vec4f(), dy[d_$r + k], inside_$r);
      //#for c in COLUMNS
      g_$r_$c += vec4f(dot(u_$r, p_$c), dot(u_$r, q_$c), dot(u_$r, s_$c), dot(u_$r, t_$c));
      //#end
      //#end
    }
  }
  //#for r in ROWS
  if (tile.row + $ru < BATCH * INPUT_PIXELS) {
    let at = (tile.place * BATCH * INPUT_PIXELS + tile.row + $ru) * INPUT_BLOCKS;
    //#for c in COLUMNS
    if (tile.column + $cu < INPUT_BLOCKS) {
      give_gradient(at + tile.column + $cu, g_$r_$c);
    }
    //#end
  }
  //#end
}
