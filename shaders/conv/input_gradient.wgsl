// The gradient of a convolution with respect to its input: each input pixel gathers from the output pixels that read it.
// One invocation works out ROWS input pixels of one phase by COLUMNS blocks of four input channels of one lane.

@group(0) @binding(2) var<storage, read> state: array<vec4f>;
@group(0) @binding(7) var<storage, read> dy: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let tile = tile_at(invocation_index(id, size));
  let phase = phase_at(tile.copy);
  let pixels = phase.height * phase.width;
  if (!tile.wanted | (tile.row >= BATCH * pixels)) {
    return;
  }
  //#for r in ROWS
  let row_$r = min(tile.row + $ru, BATCH * pixels - 1u);
  let image_$r = tile.place * BATCH + row_$r / pixels;
  let line_$r = (row_$r / phase.width) % phase.height;
  let across_$r = row_$r % phase.width;
  // The output pixel that the first tap reads.
  let top_$r = line_$r + (phase.top + PADDING) / STRIDE;
  let left_$r = across_$r + (phase.left + PADDING) / STRIDE;
  //#end
  //#for c in COLUMNS
  let column_$c = 4u * min(tile.column + $cu, INPUT_BLOCKS - 1u) * OUTPUT_BLOCKS;
  //#for r in ROWS
  var g_$r_$c = vec4f();
  //#end
  //#end
  for (var tap = 0u; tap < phase.tap_height * phase.tap_width; tap++) {
    let down = tap / phase.tap_width;
    let right = tap % phase.tap_width;
    let place = (phase.down + down * STRIDE) * SIZE + phase.right + right * STRIDE;
    let weights = slot_offset(tile.lane, 0u) + layer.weights + 4u * place * INPUT_BLOCKS * OUTPUT_BLOCKS;
    //#for r in ROWS
    // Less than zero is a large number here. (`&&` would branch, which takes long to compile.)
    let h_$r = top_$r - down;
    let v_$r = left_$r - right;
    let inside_$r = (h_$r < OUTPUT_HEIGHT) & (v_$r < OUTPUT_WIDTH);
    let d_$r = select(0u, (image_$r * OUTPUT_PIXELS + h_$r * OUTPUT_WIDTH + v_$r) * OUTPUT_BLOCKS, inside_$r);
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
  if (tile.row + $ru < BATCH * pixels) {
    let line = image_$r * INPUT_HEIGHT + phase.top + line_$r * STRIDE;
    let at = (line * INPUT_WIDTH + phase.left + across_$r * STRIDE) * INPUT_BLOCKS;
    //#for c in COLUMNS
    if (tile.column + $cu < INPUT_BLOCKS) {
      give_gradient(at + tile.column + $cu, g_$r_$c);
    }
    //#end
  }
  //#end
}
