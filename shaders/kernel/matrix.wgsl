// Rows first ... first + rows - 1 of the kernel matrix. SPREAD invocations work on a tile of TILE_ROWS rows.

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let q = index % SPREAD;
  let first = (index / SPREAD) * TILE_ROWS;
  if (first >= kernel.rows) {
    return;
  }
  let start = kernel.first + first;
  let last = ROWS - 1u;
  let tile = Tile(
    //#for r in TILE_ROWS
    min(start + $ru, last),
    //#end
  );
  write_tile(tile, kernel.rows - first, start, q);
}
