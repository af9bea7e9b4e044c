// Each window's gradient goes to its first largest entry; what no window covers gets none. One invocation a block of four
// channels of a window, or of what an odd last row or column leaves of one.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(7) var<storage, read> dy: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let block = index % CHANNEL_BLOCKS;
  let column = (index / CHANNEL_BLOCKS) % WINDOW_COLUMNS;
  let row = (index / (CHANNEL_BLOCKS * WINDOW_COLUMNS)) % WINDOW_ROWS;
  let image = index / (CHANNEL_BLOCKS * WINDOW_COLUMNS * WINDOW_ROWS);
  let place = image / BATCH;
  if (place >= arrayLength(&members)) {
    return;
  }
  if (alive[members[place]] == 0u) {
    return;
  }
  let right = CHANNEL_BLOCKS;
  let down = INPUT_WIDTH * CHANNEL_BLOCKS;
  let corner = (image * INPUT_HEIGHT + 2u * row) * down + 2u * column * right + block;
  if (row < OUTPUT_HEIGHT && column < OUTPUT_WIDTH) {
    let places = array<u32, 4>(corner, corner + right, corner + down, corner + down + right);
    var best = x[corner];
    var winner = vec4u();
    for (var k = 1u; k < 4u; k++) {
      let value = x[places[k]];
      winner = select(winner, vec4u(k), value > best);
      best = select(best, value, value > best);
    }
    let gradient = dy[((image * OUTPUT_HEIGHT + row) * OUTPUT_WIDTH + column) * CHANNEL_BLOCKS + block];
    for (var k = 0u; k < 4u; k++) {
      give_gradient(places[k], select(vec4f(), gradient, winner == vec4u(k)));
    }
    return;
  }
  give_gradient(corner, vec4f());
  if (2u * column + 1u < INPUT_WIDTH) {
    give_gradient(corner + right, vec4f());
  }
  if (2u * row + 1u < INPUT_HEIGHT) {
    give_gradient(corner + down, vec4f());
  }
}
