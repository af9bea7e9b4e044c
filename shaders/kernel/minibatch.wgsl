// Rows of the kernel matrix that the minibatches of a step need, each once for all lanes that draw it. SPREAD invocations
// work on a tile of TILE_ROWS rows.

@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
// A lane of the minibatch, and the first of its rows that the tile holds.
@group(0) @binding(2) var<storage, read> tiles: array<vec2u>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let q = index % SPREAD;
  let number = index / SPREAD;
  if (number >= arrayLength(&tiles)) {
    return;
  }
  let lane = tiles[number].x;
  let first = tiles[number].y;
  let batch = lanes[lane].batch;
  let draws = draws_of_step(lanes[lane].key, work.from_step, batch);
  let tile = Tile(
    //#for r in TILE_ROWS
    draw_row(draws, min(first + $ru, batch - 1u)),
    //#end
  );
  write_tile(tile, batch - first, lanes[lane].first_row + first, q);
}
