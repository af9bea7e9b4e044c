// COPIES products a b of a member, for adapters whose loads are dear: the four invocations of a quad work out a tile of ROWS
// rows by COLUMNS blocks of four columns together. Each has one column of every block, and holds what INNER blocks of the inner
// index need of b while it goes through the rows; each loads a quarter of a row and exchanges it with the others.

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
  let a_at = copy * (4u * ROW_COUNT * INNER_BLOCKS + SPACING) + own;
  let b_at = copy * (16u * INNER_BLOCKS * COLUMN_BLOCKS + SPACING);
  let product_at = copy * (4u * ROW_COUNT * COLUMN_BLOCKS + SPACING);
  //#for c in COLUMNS
  let column_$c = 4u * min(tile.column + $cu, COLUMN_BLOCKS - 1u) + own;
  //#end
  let end = min(tile.row + ROWS, ROW_COUNT);
  //#for z in INNER_LOOP
  for (var first = 0u; first < INNER_BLOCKS; first += INNER)
  //#end
  {
    //#for z in ONE_INNER
    let first = 0u;
    //#end
    //#for k in INNER
    //#for s in FOUR
    let b_$k_$s = b_at + 4u * (4u * (first + $ku) + (own ^ $su)) * COLUMN_BLOCKS;
    //#for c in COLUMNS
    let w_$k_$s_$c = b[b_$k_$s + column_$c];
    //#end
    //#end
    //#end
    for (var row = tile.row; row < end; row++) {
      //#for k in INNER
      let u_$k = a[a_at + 4u * (row * INNER_BLOCKS + first + $ku)];
      //#for s in FOUR
      let u_$k_$s = exchanged_$s(u_$k);
      //#end
      //#end
      let at = product_at + 4u * row * COLUMN_BLOCKS;
      //#for c in COLUMNS
      //#for z in RAGGED_COLUMNS
      if (tile.column + $cu < COLUMN_BLOCKS)
      //#end
      {
        product[at + column_$c] =
        //#for z in INNER_LOOP
          select(0.0, product[at + column_$c], first > 0u) +
        //#end
          (u_0_0 * w_0_0_$c + u_0_1 * w_0_1_$c + u_0_2 * w_0_2_$c + u_0_3 * w_0_3_$c)
        //#for k in INNER from 1
          + (u_$k_0 * w_$k_0_$c + u_$k_1 * w_$k_1_$c + u_$k_2 * w_$k_2_$c + u_$k_3 * w_$k_3_$c)
        //#end
        ;
      }
      //#end
    }
  }
}
