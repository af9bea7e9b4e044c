// Batch normalisation, or its positive part. One invocation a block of four channels of every STEP-th pixel of a member.

@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(2) var<storage, read> state: array<vec4f>;
@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(6) var<storage, read> x: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let block = index % CHANNEL_BLOCKS;
  let place = index / (CHANNEL_BLOCKS * STEP);
  if (place >= arrayLength(&members)) {
    return;
  }
  let lane = members[place];
  if (alive[lane] == 0u) {
    return;
  }
  let first = place * BATCH * PIXELS;
  let first_read = select(first, first_input(place) * PIXELS, FROM_INPUTS);
  let mean = mean_of(place, block);
  let deviation = deviation_of(place, block);
  let scale = state[weights_of(lane) + layer.weights + block];
  let shift = state[weights_of(lane) + layer.bias + block];
  for (var k = (index / CHANNEL_BLOCKS) % STEP; k < BATCH * PIXELS; k += STEP) {
    let normal = (x[(first_read + k) * CHANNEL_BLOCKS + block] - mean) / deviation;
    let scaled = scale * normal + shift;
    y[(first + k) * CHANNEL_BLOCKS + block] = select(scaled, max(scaled, vec4f()), RELU);
  }
}
