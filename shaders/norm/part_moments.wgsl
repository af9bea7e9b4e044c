// Means and sums of squared distances from them, of each channel over one of PARTS parts of a minibatch's pixels. One
// invocation a part of a block of four channels.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(6) var<storage, read> x: array<vec4f>;
// For each member, part and block the mean, then the sum.
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
  let from_pixel = part_start(part);
  let to_pixel = part_start(part + 1u);
  var sum = vec4f();
  for (var k = from_pixel; k < to_pixel; k++) {
    sum += x[(first + k) * CHANNEL_BLOCKS + block];
  }
  let mean = sum / f32(to_pixel - from_pixel);
  var squares = vec4f();
  for (var k = from_pixel; k < to_pixel; k++) {
    let rest = x[(first + k) * CHANNEL_BLOCKS + block] - mean;
    squares += rest * rest;
  }
  parts[2u * index] = mean;
  parts[2u * index + 1u] = squares;
}
