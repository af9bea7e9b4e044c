// y = x * W + b, or its positive part, for adapters whose loads are dear: the four invocations of a quad work out a tile of
// ROWS pixels by COLUMNS blocks of four channels of one lane together. Each has one channel of every block; each loads a
// quarter of the inputs and exchanges it with the others. What lies outside the image is zero.

@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(2) var<storage, read> state: array<f32>;
@group(0) @binding(6) var<storage, read> x: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;

fn input_at(at: u32, inside: bool) -> f32 {
  if (PADDED) {
    return select(0.0, x[at], inside);
  }
  return x[at];
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let own = index % 4u;
  let tile = tile_at(index / 4u);
  if (!tile.wanted) {
    return;
  }
  let first = select(tile.place * BATCH, first_input(tile.place), FROM_INPUTS) * SAMPLE_PIXELS;
  // Pixels beyond the last one read whatever there is; nobody sees it.
  var v = tile.row % OUTPUT_WIDTH;
  var h = (tile.row / OUTPUT_WIDTH) % OUTPUT_HEIGHT;
  var image = first + tile.row / OUTPUT_PIXELS * INPUT_PIXELS;
  //#for r in ROWS
  // Place of the first tap, less than zero (as a large number) where it is padding.
  let top_$r = h * STRIDE - PADDING;
  let left_$r = v * STRIDE - PADDING;
  let corner_$r = 4u * (image + top_$r * INPUT_WIDTH + left_$r) * INPUT_BLOCKS;
  v++;
  h += select(0u, 1u, v == OUTPUT_WIDTH);
  v = select(v, 0u, v == OUTPUT_WIDTH);
  image += select(0u, INPUT_PIXELS, h == OUTPUT_HEIGHT);
  h = select(h, 0u, h == OUTPUT_HEIGHT);
  //#end
  let bias = 4u * (weights_of(tile.lane) + layer.bias);
  //#for c in COLUMNS
  let column_$c = 4u * min(tile.column + $cu, OUTPUT_BLOCKS - 1u) + own;
  var b_$c = 0.0;
  if (HAS_BIAS) {
    b_$c = state[bias + column_$c];
  }
  //#for r in ROWS
  var y_$r_$c = b_$c;
  //#end
  //#end
  // A loop within a loop has its sums written and read at each end: there is none where it would run but once.
  //#for z in TAP_LOOP
  for (var tap = 0u; tap < TAPS; tap++)
  //#end
  {
    //#for z in ONE_TAP
    let tap = 0u;
    //#end
    //#for z in PACKED
    // Four of the inner index are a tap here.
    let weights = 4u * (weights_of(tile.lane) + layer.weights);
    let inner = inner_at(4u * tap + own);
    let down = inner.down;
    let right = inner.right;
    let channel = inner.channel;
    //#end
    //#for z in PLAIN
    let weights = 4u * (weights_of(tile.lane) + layer.weights) + 16u * tap * INPUT_BLOCKS * OUTPUT_BLOCKS;
    let down = tap / SIZE;
    let right = tap % SIZE;
    let channel = own;
    //#end
    let shift = 4u * (down * INPUT_WIDTH + right) * INPUT_BLOCKS + channel;
    //#for r in ROWS
    let inside_$r = (top_$r + down < INPUT_HEIGHT) & (left_$r + right < INPUT_WIDTH);
    let x_$r = corner_$r + shift;
    //#end
    //#for z in BLOCK_LOOP
    for (var k = 0u; k < INPUT_BLOCKS; k++)
    //#end
    {
      //#for z in ONE_BLOCK
      let k = 0u;
      //#end
      //#for s in FOUR
      //#for z in PACKED
      let at_$s = weights + 4u * inner_at(4u * tap + (own ^ $su)).row * OUTPUT_BLOCKS;
      //#end
      //#for z in PLAIN
      let at_$s = weights + 4u * (4u * k + (own ^ $su)) * OUTPUT_BLOCKS;
      //#end
      //#for c in COLUMNS
      let w_$s_$c = state[at_$s + column_$c];
      //#end
      //#end
      // Row by row: what waits for its turn is written to memory and read again.
      //#for r in ROWS
      let u_$r = input_at(x_$r + 4u * k, inside_$r);
      //#for s in FOUR
      let u_$r_$s = exchanged_$s(u_$r);
      //#end
      //#for c in COLUMNS
      y_$r_$c += u_$r_0 * w_0_$c + u_$r_1 * w_1_$c + u_$r_2 * w_2_$c + u_$r_3 * w_3_$c;
      //#end
      //#end
    }
  }
  //#for r in ROWS
  //#for z in RAGGED_ROWS
  if (tile.row + $ru < IMAGES * OUTPUT_PIXELS)
  //#end
  {
    let at = 4u * (tile.place * IMAGES * OUTPUT_PIXELS + tile.row + $ru) * OUTPUT_BLOCKS;
    //#for c in COLUMNS
    //#for z in RAGGED_COLUMNS
    if (tile.column + $cu < OUTPUT_BLOCKS)
    //#end
    {
      y[at + column_$c] = select(y_$r_$c, max(y_$r_$c, 0.0), RELU);
    }
    //#end
  }
  //#end
}
