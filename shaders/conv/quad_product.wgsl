// COPIES products a b of a member, for adapters whose loads are dear: the four invocations of a quad work out a tile of ROWS
// rows by COLUMNS blocks of four columns together. Each has one column of every block; each loads a quarter of a and exchanges
// it with the others.

// Members × copies × rows × inner, members × copies × inner × columns, and members × copies × rows × columns; SPACING numbers
// lie behind each copy.
@group(0) @binding(6) var<storage, read> a: array<f32>;
@group(0) @binding(7) var<storage, read> b: array<f32>;
@group(0) @binding(8) var<storage, read_write> product: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let own = index % 4u;
  let tile = tile_at(index / 4u);
  if (!tile.wanted) {
    return;
  }
  let copy = tile.place * COPIES + tile.copy;
  // Rows beyond the last one read whatever there is; nobody sees it.
  let a_at = copy * (4u * ROW_COUNT * INNER_BLOCKS + SPACING) + 4u * tile.row * INNER_BLOCKS + own;
  let b_at = copy * (16u * INNER_BLOCKS * COLUMN_BLOCKS + SPACING);
  let product_at = copy * (4u * ROW_COUNT * COLUMN_BLOCKS + SPACING);
  //#for c in COLUMNS
  let column_$c = 4u * min(tile.column + $cu, COLUMN_BLOCKS - 1u) + own;
  //#for r in ROWS
  var y_$r_$c = 0.0;
  //#end
  //#end
  for (var k = 0u; k < INNER_BLOCKS; k++) {
    //#for s in FOUR
    let b_$s = b_at + 4u * (4u * k + (own ^ $su)) * COLUMN_BLOCKS;
    //#for c in COLUMNS
    let w_$s_$c = b[b_$s + column_$c];
    //#end
    //#end
    // Row by row: what waits for its turn is written to memory and read again.
    //#for r in ROWS
    let u_$r = a[a_at + 4u * k + $ru * 4u * INNER_BLOCKS];
    //#for s in FOUR
    let u_$r_$s = exchanged_$s(u_$r);
    //#end
    //#for c in COLUMNS
    y_$r_$c += u_$r_0 * w_0_$c + u_$r_1 * w_1_$c + u_$r_2 * w_2_$c + u_$r_3 * w_3_$c;
    //#end
    //#end
  }
  //#for r in ROWS
  //#for z in RAGGED_ROWS
  if (tile.row + $ru < ROW_COUNT)
  //#end
  {
    let at = product_at + 4u * (tile.row + $ru) * COLUMN_BLOCKS;
    //#for c in COLUMNS
    //#for z in RAGGED_COLUMNS
    if (tile.column + $cu < COLUMN_BLOCKS)
    //#end
    {
      product[at + column_$c] = y_$r_$c;
    }
    //#end
  }
  //#end
}
