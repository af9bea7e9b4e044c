// y = x * W + b, or its positive part, for adapters whose loads are dear: the four invocations of a quad work out a tile of
// ROWS pixels by COLUMNS blocks of four channels of one lane together. Each has one channel of every block; each loads a
// quarter of the inputs and hands it to the others. What lies outside the image is zero.

@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(2) var<storage, read> state: array<f32>;
@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
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
  let tile = index / 4u;
  let column = (tile % COLUMN_TILES) * COLUMNS;
  let row = ((tile / COLUMN_TILES) % ROW_TILES) * ROWS;
  let place = tile / (COLUMN_TILES * ROW_TILES);
  if (place >= arrayLength(&members)) {
    return;
  }
  let lane = members[place];
  if (alive[lane] == 0u) {
    return;
  }
  let first = select(place * BATCH, first_input(place), FROM_INPUTS) * SAMPLE_PIXELS;
  // Pixels beyond the last one read whatever there is; nobody sees it.
  var v = row % OUTPUT_WIDTH;
  var h = (row / OUTPUT_WIDTH) % OUTPUT_HEIGHT;
  var image = first + row / OUTPUT_PIXELS * INPUT_PIXELS;
  //#for r in ROWS
  let image_$r = image;
  // Place of the first tap, less than zero (as a large number) where it is padding.
  let top_$r = h * STRIDE - PADDING;
  let left_$r = v * STRIDE - PADDING;
  v++;
  h += select(0u, 1u, v == OUTPUT_WIDTH);
  v = select(v, 0u, v == OUTPUT_WIDTH);
  image += select(0u, INPUT_PIXELS, h == OUTPUT_HEIGHT);
  h = select(h, 0u, h == OUTPUT_HEIGHT);
  //#end
  let bias = 4u * (weights_of(lane) + layer.bias);
  //#for c in COLUMNS
  let column_$c = 4u * min(column + $cu, OUTPUT_BLOCKS - 1u) + own;
  var b_$c = 0.0;
  if (HAS_BIAS) {
    b_$c = state[bias + column_$c];
  }
  //#for r in ROWS
  var y_$r_$c = b_$c;
  //#end
  //#end
  for (var tap = 0u; tap < SIZE * SIZE; tap++) {
    let weights = 4u * (weights_of(lane) + layer.weights) + 16u * tap * INPUT_BLOCKS * OUTPUT_BLOCKS;
    let down = tap / SIZE;
    let right = tap % SIZE;
    //#for r in ROWS
    let inside_$r = (top_$r + down < INPUT_HEIGHT) & (left_$r + right < INPUT_WIDTH);
    let x_$r = 4u * (image_$r + (top_$r + down) * INPUT_WIDTH + left_$r + right) * INPUT_BLOCKS + own;
    //#end
    for (var k = 0u; k < INPUT_BLOCKS; k++) {
      //#for r in ROWS
      let u_$r = input_at(x_$r + 4u * k, inside_$r);
      //#end
      let at = weights + 16u * k * OUTPUT_BLOCKS;
      //#for u in FOUR
      //#for c in COLUMNS
      let w_$u_$c = state[at + 4u * $uu * OUTPUT_BLOCKS + column_$c];
      //#end
      //#for r in ROWS
      let u_$r_$u = quadBroadcast(u_$r, $uu);
      //#for c in COLUMNS
      y_$r_$c += u_$r_$u * w_$u_$c;
      //#end
      //#end
      //#end
    }
  }
  //#for r in ROWS
  //#for z in RAGGED_ROWS
  if (row + $ru < IMAGES * OUTPUT_PIXELS)
  //#end
  {
    let at = 4u * (place * IMAGES * OUTPUT_PIXELS + row + $ru) * OUTPUT_BLOCKS;
    //#for c in COLUMNS
    //#for z in RAGGED_COLUMNS
    if (column + $cu < OUTPUT_BLOCKS)
    //#end
    {
      y[at + column_$c] = select(y_$r_$c, max(y_$r_$c, 0.0), RELU);
    }
    //#end
  }
  //#end
}
