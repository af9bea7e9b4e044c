// The gradient of a convolution with respect to its weights and bias, over one of PARTS parts of the images, for adapters
// whose loads are dear: the four invocations of a quad work out one tap of a tile of ROWS blocks of four input channels by
// COLUMNS blocks of four output channels of one lane together, PIXELS pixels at a time. Each has one output channel of every
// block; each loads one input channel of every block and hands it to the others.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
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
  let tile = index / 4u;
  let column = (tile % COLUMN_TILES) * COLUMNS;
  let row = ((tile / COLUMN_TILES) % ROW_TILES) * ROWS;
  let tap = (tile / (COLUMN_TILES * ROW_TILES)) % (SIZE * SIZE);
  let part = (tile / (COLUMN_TILES * ROW_TILES * SIZE * SIZE)) % PARTS;
  let place = tile / (COLUMN_TILES * ROW_TILES * SIZE * SIZE * PARTS);
  if (place >= arrayLength(&members)) {
    return;
  }
  let lane = members[place];
  if (alive[lane] == 0u) {
    return;
  }
  let first = select(place * BATCH, first_input(place), FROM_INPUTS) * SAMPLE_PIXELS;
  let down = tap / SIZE;
  let right = tap % SIZE;
  // Output rows for which the tap lies within the image.
  let from_h = select(0u, 1u, down < PADDING);
  let to_h = min(OUTPUT_HEIGHT, (INPUT_HEIGHT + PADDING - down + STRIDE - 1u) / STRIDE);
  //#for r in ROWS
  let row_$r = 4u * min(row + $ru, INPUT_BLOCKS - 1u) + own;
  //#end
  //#for c in COLUMNS
  let column_$c = 4u * min(column + $cu, OUTPUT_BLOCKS - 1u) + own;
  var b_$c = 0.0;
  //#for r in ROWS
  //#for u in FOUR
  var g_$r_$u_$c = 0.0;
  //#end
  //#end
  //#end
  for (var i = part * IMAGES / PARTS; i < (part + 1u) * IMAGES / PARTS; i++) {
    for (var h = from_h; h < to_h; h++) {
      let x_row = first + (i * INPUT_HEIGHT + h * STRIDE + down - PADDING) * INPUT_WIDTH;
      let d_row = ((place * IMAGES + i) * OUTPUT_HEIGHT + h) * OUTPUT_WIDTH;
      for (var v = 0u; v < OUTPUT_WIDTH; v += PIXELS) {
        //#for p in PIXELS
        let left_$p = (v + $pu) * STRIDE + right - PADDING;
        let inside_$p = left_$p < INPUT_WIDTH;
        let x_$p = 4u * (x_row + left_$p) * INPUT_BLOCKS;
        let d_$p = 4u * (d_row + v + $pu) * OUTPUT_BLOCKS;
        //#for c in COLUMNS
        let v_$p_$c = dy[d_$p + column_$c];
        b_$c += v_$p_$c;
        //#end
        //#for r in ROWS
        let u_$p_$r = input_at(x_$p + row_$r, inside_$p);
        //#for u in FOUR
        let u_$p_$r_$u = quadBroadcast(u_$p_$r, $uu);
        //#for c in COLUMNS
        g_$r_$u_$c += u_$p_$r_$u * v_$p_$c;
        //#end
        //#end
        //#end
        //#end
      }
    }
  }
  let length = 16u * SIZE * SIZE * INPUT_BLOCKS * OUTPUT_BLOCKS;
  let start = (place * PARTS + part) * (length + 4u * OUTPUT_BLOCKS);
  let weights = select(start, 4u * (lane * BLOCKS + layer.weights), DIRECT);
  let bias = select(start + length, 4u * (lane * BLOCKS + layer.bias), DIRECT);
  //#for c in COLUMNS
  //#for z in RAGGED_COLUMNS
  if (column + $cu < OUTPUT_BLOCKS)
  //#end
  {
    //#for r in ROWS
    //#for z in RAGGED_ROWS
    if (row + $ru < INPUT_BLOCKS)
    //#end
    {
      let at = weights + 16u * (tap * INPUT_BLOCKS + row + $ru) * OUTPUT_BLOCKS + column_$c;
      //#for u in FOUR
      parts[at + 4u * $uu * OUTPUT_BLOCKS] = g_$r_$u_$c;
      //#end
    }
    //#end
    // The middle tap sees every pixel.
    if (HAS_BIAS & (row == 0u) & (down == PADDING) & (right == PADDING)) {
      parts[bias + column_$c] = b_$c;
    }
  }
  //#end
}
