// The gradient of a convolution with respect to its weights and bias, over one of PARTS parts of the images, for adapters
// whose loads are dear: the four invocations of a quad work out one tap of a tile of ROWS blocks of four input channels by
// COLUMNS blocks of four output channels of one lane together, PIXELS pixels at a time. Each has one output channel of every
// block; each loads one input channel of every block and exchanges it with the others. Of few channels (PACKED) the rows of a
// tile are those of all taps.

@group(0) @binding(6) var<storage, read> x: array<f32>;
@group(0) @binding(7) var<storage, read> dy: array<f32>;
// For each member and part the weights, then the bias; the gradient itself (DIRECT) where there is only one part.
@group(0) @binding(8) var<storage, read_write> parts: array<f32>;

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
  let part = tile.copy / TAP_TILES;
  let first = select(tile.place * BATCH, first_input(tile.place), FROM_INPUTS) * SAMPLE_PIXELS;
  // Output rows for which the tap lies within the image; all where there are all taps.
  var from_h = 0u;
  var to_h = OUTPUT_HEIGHT;
  //#for z in PLAIN
  let tap = tile.copy % TAP_TILES;
  let down = tap / SIZE;
  let right = tap % SIZE;
  from_h = select(0u, 1u, down < PADDING);
  to_h = min(OUTPUT_HEIGHT, (INPUT_HEIGHT + PADDING - down + STRIDE - 1u) / STRIDE);
  //#end
  //#for r in ROWS
  //#for z in PACKED
  let inner_$r = inner_at(4u * (tile.row + $ru) + own);
  let row_$r = 4u * (inner_$r.down * INPUT_WIDTH + inner_$r.right) + inner_$r.channel;
  //#end
  //#for z in PLAIN
  let row_$r = 4u * min(tile.row + $ru, INPUT_BLOCKS - 1u) + own;
  //#end
  //#end
  //#for c in COLUMNS
  let column_$c = 4u * min(tile.column + $cu, OUTPUT_BLOCKS - 1u) + own;
  var b_$c = 0.0;
  //#for r in ROWS
  //#for s in FOUR
  var g_$r_$s_$c = 0.0;
  //#end
  //#end
  //#end
  // Pixel by pixel through lines and images in one loop: what loops within loops sum up is written and read at each end.
  let images = (part + 1u) * IMAGES / PARTS - part * IMAGES / PARTS;
  let count = images * (to_h - from_h) * (OUTPUT_WIDTH / PIXELS);
  var x_line = first + (part * IMAGES / PARTS * INPUT_HEIGHT + from_h * STRIDE - PADDING) * INPUT_WIDTH - PADDING;
  var d_line = ((tile.place * IMAGES + part * IMAGES / PARTS) * OUTPUT_HEIGHT + from_h) * OUTPUT_WIDTH;
  var h = from_h;
  var v = 0u;
  for (var n = 0u; n < count; n++) {
    //#for p in PIXELS
    let d_$p = 4u * (d_line + v + $pu) * OUTPUT_BLOCKS;
    //#for c in COLUMNS
    let v_$p_$c = dy[d_$p + column_$c];
    b_$c += v_$p_$c;
    //#end
    //#end
    //#for p in PIXELS
    //#for z in PACKED
    let x_$p = 4u * (x_line + (v + $pu) * STRIDE);
    //#end
    //#for z in PLAIN
    let left_$p = (v + $pu) * STRIDE + right;
    let inside_$p = left_$p - PADDING < INPUT_WIDTH;
    let x_$p = 4u * (x_line + down * INPUT_WIDTH + left_$p) * INPUT_BLOCKS;
    //#end
    //#end
    // Row by row: what waits for its turn is written to memory and read again.
    //#for r in ROWS
    //#for z in PACKED
    let line_$r = h * STRIDE + inner_$r.down - PADDING < INPUT_HEIGHT;
    //#end
    //#for p in PIXELS
    //#for z in PACKED
    let inside_$r_$p = line_$r & ((v + $pu) * STRIDE + inner_$r.right - PADDING < INPUT_WIDTH);
    let u_$r_$p = input_at(x_$p + row_$r, inside_$r_$p);
    //#end
    //#for z in PLAIN
    let u_$r_$p = input_at(x_$p + row_$r, inside_$p);
    //#end
    //#end
    //#for s in FOUR
    //#for p in PIXELS
    let u_$r_$p_$s = exchanged_$s(u_$r_$p);
    //#end
    //#for c in COLUMNS
    g_$r_$s_$c += u_$r_0_$s * v_0_$c
    //#for p in PIXELS from 1
      + u_$r_$p_$s * v_$p_$c
    //#end
    ;
    //#end
    //#end
    //#end
    v += PIXELS;
    let line = v == OUTPUT_WIDTH;
    v = select(v, 0u, line);
    h += select(0u, 1u, line);
    x_line += select(0u, STRIDE * INPUT_WIDTH, line);
    d_line += select(0u, OUTPUT_WIDTH, line);
    let image = h == to_h;
    h = select(h, from_h, image);
    x_line += select(0u, (INPUT_HEIGHT - (to_h - from_h) * STRIDE) * INPUT_WIDTH, image);
    d_line += select(0u, (OUTPUT_HEIGHT - (to_h - from_h)) * OUTPUT_WIDTH, image);
  }
  let length = 16u * SIZE * SIZE * INPUT_BLOCKS * OUTPUT_BLOCKS;
  let start = (tile.place * PARTS + part) * (length + 4u * OUTPUT_BLOCKS);
  let weights = select(start, 4u * (tile.lane * BLOCKS + layer.weights), DIRECT);
  let bias = select(start + length, 4u * (tile.lane * BLOCKS + layer.bias), DIRECT);
  //#for c in COLUMNS
  //#for z in RAGGED_COLUMNS
  if (tile.column + $cu < OUTPUT_BLOCKS)
  //#end
  {
    //#for r in ROWS
    //#for z in RAGGED_ROWS
    if (tile.row + $ru < INNER_BLOCKS)
    //#end
    {
      //#for s in FOUR
      //#for z in PACKED
      let at_$s = inner_at(4u * (tile.row + $ru) + (own ^ $su)).row;
      //#end
      //#for z in PLAIN
      let at_$s = 4u * (tap * INPUT_BLOCKS + tile.row + $ru) + (own ^ $su);
      //#end
      parts[weights + 4u * at_$s * OUTPUT_BLOCKS + column_$c] = g_$r_$s_$c;
      //#end
    }
    //#end
    // The middle tap sees every pixel, and so do all together.
    if (HAS_BIAS & (tile.row == 0u) & (tile.copy % TAP_TILES == TAP_TILES / 2u)) {
      parts[bias + column_$c] = b_$c;
    }
  }
  //#end
}
