// COPIES products of a transposed with b, of a member, for adapters whose loads are dear: the four invocations of a quad work
// out a tile of ROWS blocks of four rows by COLUMNS blocks of four columns together, STEPS of the inner index at a time. Each
// has one column of every block; each loads one row of every block and exchanges it with the others.

// Members × copies × inner × rows, members × copies × inner × columns, and members × copies × rows × columns; SPACING numbers
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
  let a_first = copy * (4u * INNER * ROW_BLOCKS + SPACING);
  let b_first = copy * (4u * INNER * COLUMN_BLOCKS + SPACING);
  let product_first = copy * (16u * ROW_BLOCKS * COLUMN_BLOCKS + SPACING);
  //#for r in ROWS
  let row_$r = 4u * min(tile.row + $ru, ROW_BLOCKS - 1u) + own;
  //#end
  //#for c in COLUMNS
  let column_$c = 4u * min(tile.column + $cu, COLUMN_BLOCKS - 1u) + own;
  //#for r in ROWS
  //#for s in FOUR
  var g_$r_$s_$c = 0.0;
  //#end
  //#end
  //#end
  for (var k = 0u; k < INNER; k += STEPS) {
    let a_at = a_first + 4u * k * ROW_BLOCKS;
    let b_at = b_first + 4u * k * COLUMN_BLOCKS;
    //#for p in STEPS
    //#for c in COLUMNS
    let v_$p_$c = b[b_at + $pu * 4u * COLUMN_BLOCKS + column_$c];
    //#end
    //#end
    // Row by row: what waits for its turn is written to memory and read again.
    //#for r in ROWS
    //#for p in STEPS
    let u_$r_$p = a[a_at + $pu * 4u * ROW_BLOCKS + row_$r];
    //#end
    //#for s in FOUR
    //#for p in STEPS
    let u_$r_$p_$s = exchanged_$s(u_$r_$p);
    //#end
    //#for c in COLUMNS
    g_$r_$s_$c += u_$r_0_$s * v_0_$c
    //#for p in STEPS from 1
      + u_$r_$p_$s * v_$p_$c
    //#end
    ;
    //#end
    //#end
    //#end
  }
  //#for c in COLUMNS
  //#for z in RAGGED_COLUMNS
  if (tile.column + $cu < COLUMN_BLOCKS)
  //#end
  {
    //#for r in ROWS
    //#for z in RAGGED_ROWS
    if (tile.row + $ru < ROW_BLOCKS)
    //#end
    {
      let at = product_first + 16u * (tile.row + $ru) * COLUMN_BLOCKS + column_$c;
      //#for s in FOUR
      product[at + 4u * (own ^ $su) * COLUMN_BLOCKS] = g_$r_$s_$c;
      //#end
    }
    //#end
  }
  //#end
}
