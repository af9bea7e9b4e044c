// Gradients of scale and shift of each channel over one of PARTS parts of a minibatch's pixels. One invocation a part of a
// block of four channels.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(6) var<storage, read> x: array<vec4f>;
@group(0) @binding(7) var<storage, read> dy: array<vec4f>;
// For each member, part and block that of the scale, then that of the shift.
@group(0) @binding(8) var<storage, read_write> parts: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let block = index % CHANNEL_BLOCKS;
  let part = (index / CHANNEL_BLOCKS) % PARTS;
  let place = index / (CHANNEL_BLOCKS * PARTS);
  if (place >= arrayLength(&members)) {
    return;
  }
  if (alive[members[place]] == 0u) {
    return;
  }
  let first = select(place * BATCH, first_input(place), FROM_INPUTS) * PIXELS;
  let mean = mean_of(place, block);
  let deviation = deviation_of(place, block);
  var scale = vec4f();
  var shift = vec4f();
  for (var k = part_start(part); k < part_start(part + 1u); k++) {
    let given = dy[(place * BATCH * PIXELS + k) * CHANNEL_BLOCKS + block];
    scale += given * ((x[(first + k) * CHANNEL_BLOCKS + block] - mean) / deviation);
    shift += given;
  }
  parts[2u * index] = scale;
  parts[2u * index + 1u] = shift;
}
