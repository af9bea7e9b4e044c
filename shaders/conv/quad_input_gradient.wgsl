// The gradient of a convolution with respect to its input, for adapters whose loads are dear: the four invocations of a quad
// work out a tile of ROWS input pixels of one phase by COLUMNS blocks of four input channels of one lane together. Each has
// one channel of every block; each loads a quarter of the outputs' gradients and exchanges it with the others.

@group(0) @binding(2) var<storage, read> state: array<f32>;
@group(0) @binding(7) var<storage, read> dy: array<f32>;

fn gradient_at(at: u32, inside: bool) -> f32 {
  if (PADDED) {
    return select(0.0, dy[at], inside);
  }
  return dy[at];
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let own = index % 4u;
  let tile = tile_at(index / 4u);
  let phase = phase_at(tile.copy);
  let pixels = phase.height * phase.width;
  if (!tile.wanted | (tile.row >= IMAGES * pixels)) {
    return;
  }
  // Pixels beyond the last one read whatever there is; nobody sees it.
  var v = tile.row % phase.width;
  var h = (tile.row / phase.width) % phase.height;
  var image = tile.place * IMAGES + tile.row / pixels;
  //#for r in ROWS
  let pixel_$r = image * INPUT_PIXELS + (phase.top + h * STRIDE) * INPUT_WIDTH + phase.left + v * STRIDE;
  // The output pixel that the first tap reads.
  let image_$r = image * OUTPUT_PIXELS;
  let top_$r = h + (phase.top + PADDING) / STRIDE;
  let left_$r = v + (phase.left + PADDING) / STRIDE;
  v++;
  h += select(0u, 1u, v == phase.width);
  v = select(v, 0u, v == phase.width);
  image += select(0u, 1u, h == phase.height);
  h = select(h, 0u, h == phase.height);
  //#end
  //#for c in COLUMNS
  let column_$c = 4u * min(tile.column + $cu, INPUT_BLOCKS - 1u) + own;
  //#for r in ROWS
  var g_$r_$c = 0.0;
  //#end
  //#end
  // A loop within a loop has its sums written and read at each end: there is none where it would run but once.
  //#for z in TAP_LOOP
  for (var tap = 0u; tap < phase.tap_height * phase.tap_width; tap++)
  //#end
  {
    //#for z in ONE_TAP
    let tap = 0u;
    //#end
    let down = tap / phase.tap_width;
    let right = tap % phase.tap_width;
    let place = (phase.down + down * STRIDE) * SIZE + phase.right + right * STRIDE;
    let weights = 4u * (slot_offset(tile.lane, 0u) + layer.weights) + 16u * place * INPUT_BLOCKS * OUTPUT_BLOCKS;
    //#for r in ROWS
    // Less than zero is a large number here. (`&&` would branch, which takes long to compile.)
    let h_$r = top_$r - down;
    let v_$r = left_$r - right;
    let inside_$r = (h_$r < OUTPUT_HEIGHT) & (v_$r < OUTPUT_WIDTH);
    let d_$r = 4u * (image_$r + h_$r * OUTPUT_WIDTH + v_$r) * OUTPUT_BLOCKS + own;
    //#end
    //#for z in BLOCK_LOOP
    for (var k = 0u; k < OUTPUT_BLOCKS; k++)
    //#end
    {
      //#for z in ONE_BLOCK
      let k = 0u;
      //#end
      //#for s in FOUR
      let at_$s = weights + 4u * k + (own ^ $su);
      //#for c in COLUMNS
      let w_$s_$c = state[at_$s + 4u * column_$c * OUTPUT_BLOCKS];
      //#end
      //#end
      // Row by row: what waits for its turn is written to memory and read again.
      //#for r in ROWS
      let u_$r = gradient_at(d_$r + 4u * k, inside_$r);
      //#for s in FOUR
      let u_$r_$s = exchanged_$s(u_$r);
      //#end
      //#for c in COLUMNS
      g_$r_$c += u_$r_0 * w_0_$c + u_$r_1 * w_1_$c + u_$r_2 * w_2_$c + u_$r_3 * w_3_$c;
      //#end
      //#end
    }
  }
  //#for r in ROWS
  //#for z in RAGGED_ROWS
  if (tile.row + $ru < IMAGES * pixels)
  //#end
  {
    //#for c in COLUMNS
    //#for z in RAGGED_COLUMNS
    if (tile.column + $cu < INPUT_BLOCKS)
    //#end
    {
      give_gradient(4u * pixel_$r * INPUT_BLOCKS + column_$c, g_$r_$c);
    }
    //#end
  }
  //#end
}
