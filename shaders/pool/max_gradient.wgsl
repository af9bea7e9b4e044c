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
    let value_0 = x[corner];
    let value_1 = x[corner + right];
    let value_2 = x[corner + down];
    let value_3 = x[corner + down + right];
    // Each time the larger one is found the others before it are out.
    let second = value_1 > value_0;
    let upper = select(value_0, value_1, second);
    let third = value_2 > upper;
    let most = select(upper, value_2, third);
    let fourth = value_3 > most;
    let gradient = dy[((image * OUTPUT_HEIGHT + row) * OUTPUT_WIDTH + column) * CHANNEL_BLOCKS + block];
    let above = select(gradient, vec4f(), third | fourth);
    give_gradient_of(corner, value_0, select(above, vec4f(), second));
    give_gradient_of(corner + right, value_1, select(vec4f(), above, second));
    give_gradient_of(corner + down, value_2, select(vec4f(), gradient, third & !fourth));
    give_gradient_of(corner + down + right, value_3, select(vec4f(), gradient, fourth));
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
