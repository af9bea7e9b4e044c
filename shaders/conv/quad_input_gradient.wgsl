// The gradient of a convolution with respect to its input, for adapters whose loads are dear: the four invocations of a quad
// work out a tile of ROWS input pixels by COLUMNS blocks of four input channels of one lane together. Each has one channel
// of every block; each loads a quarter of the outputs' gradients and hands it to the others.

@group(0) @binding(2) var<storage, read> state: array<f32>;
@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
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
  // Pixels beyond the last one read whatever there is; nobody sees it.
  var v = row % INPUT_WIDTH;
  var h = (row / INPUT_WIDTH) % INPUT_HEIGHT;
  var image = (place * IMAGES + row / INPUT_PIXELS) * OUTPUT_PIXELS;
  //#for r in ROWS
  let image_$r = image;
  let top_$r = h + PADDING;
  let left_$r = v + PADDING;
  v++;
  h += select(0u, 1u, v == INPUT_WIDTH);
  v = select(v, 0u, v == INPUT_WIDTH);
  image += select(0u, OUTPUT_PIXELS, h == INPUT_HEIGHT);
  h = select(h, 0u, h == INPUT_HEIGHT);
  //#end
  //#for c in COLUMNS
  let column_$c = 4u * min(column + $cu, INPUT_BLOCKS - 1u) + own;
  //#for r in ROWS
  var g_$r_$c = 0.0;
  //#end
  //#end
  for (var tap = 0u; tap < SIZE * SIZE; tap++) {
    let weights = 4u * (slot_offset(lane, 0u) + layer.weights) + 16u * tap * INPUT_BLOCKS * OUTPUT_BLOCKS;
    let down = tap / SIZE;
    let right = tap % SIZE;
    //#for r in ROWS
    // Less than zero is a large number here. (`&&` would branch, which takes long to compile.)
    let h_$r = (top_$r - down) / STRIDE;
    let v_$r = (left_$r - right) / STRIDE;
    let whole_$r = (h_$r * STRIDE == top_$r - down) & (v_$r * STRIDE == left_$r - right);
    let inside_$r = whole_$r & (h_$r < OUTPUT_HEIGHT) & (v_$r < OUTPUT_WIDTH);
    let d_$r = 4u * (image_$r + h_$r * OUTPUT_WIDTH + v_$r) * OUTPUT_BLOCKS + own;
    //#end
    for (var k = 0u; k < OUTPUT_BLOCKS; k++) {
      //#for r in ROWS
      let u_$r = gradient_at(d_$r + 4u * k, inside_$r);
      //#end
      let at = weights + 4u * k;
      //#for u in FOUR
      //#for c in COLUMNS
      let w_$u_$c = state[at + 4u * column_$c * OUTPUT_BLOCKS + $uu];
      //#end
      //#for r in ROWS
      let u_$r_$u = quadBroadcast(u_$r, $uu);
      //#for c in COLUMNS
      g_$r_$c += u_$r_$u * w_$u_$c;
      //#end
      //#end
      //#end
    }
  }
  //#for r in ROWS
  //#for z in RAGGED_ROWS
  if (row + $ru < IMAGES * INPUT_PIXELS)
  //#end
  {
    let at = 4u * (place * IMAGES * INPUT_PIXELS + row + $ru) * INPUT_BLOCKS;
    //#for c in COLUMNS
    //#for z in RAGGED_COLUMNS
    if (column + $cu < INPUT_BLOCKS)
    //#end
    {
      give_gradient(at + column_$c, g_$r_$c);
    }
    //#end
  }
  //#end
}
