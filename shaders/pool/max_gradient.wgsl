// Each window's gradient goes to its first largest entry; what no window covers gets none. One invocation a block of four
// channels of an input pixel.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(7) var<storage, read> dy: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let block = index % CHANNEL_BLOCKS;
  let column = (index / CHANNEL_BLOCKS) % INPUT_WIDTH;
  let row = (index / (CHANNEL_BLOCKS * INPUT_WIDTH)) % INPUT_HEIGHT;
  let image = index / (CHANNEL_BLOCKS * INPUT_WIDTH * INPUT_HEIGHT);
  let place = image / BATCH;
  if (place >= arrayLength(&members)) {
    return;
  }
  if (alive[members[place]] == 0u) {
    return;
  }
  var gradient = vec4f();
  if (row / 2u < OUTPUT_HEIGHT && column / 2u < OUTPUT_WIDTH) {
    let right = CHANNEL_BLOCKS;
    let down = INPUT_WIDTH * CHANNEL_BLOCKS;
    let corner = index - (row % 2u) * down - (column % 2u) * right;
    var best = x[corner];
    var winner = vec4u(corner);
    let places = array<u32, 3>(corner + right, corner + down, corner + down + right);
    for (var k = 0u; k < 3u; k++) {
      let value = x[places[k]];
      winner = select(winner, vec4u(places[k]), value > best);
      best = select(best, value, value > best);
    }
    let window = (image * OUTPUT_HEIGHT + row / 2u) * OUTPUT_WIDTH + column / 2u;
    gradient = select(vec4f(), dy[window * CHANNEL_BLOCKS + block], winner == vec4u(index));
  }
  give_gradient(index, gradient);
}
