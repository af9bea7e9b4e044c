// Batch normalisation, or its positive part. One invocation a block of four channels of a pixel.

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
  let sample_size = PIXELS * CHANNEL_BLOCKS;
  let place = index / (sample_size * BATCH);
  if (place >= arrayLength(&members)) {
    return;
  }
  let lane = members[place];
  if (alive[lane] == 0u) {
    return;
  }
  let from_inputs = first_input(place) * sample_size + index % (sample_size * BATCH);
  let value = x[select(index, from_inputs, FROM_INPUTS)];
  let normal = (value - mean_of(place, block)) / deviation_of(place, block);
  let scaled = state[weights_of(lane) + layer.weights + block] * normal + state[weights_of(lane) + layer.bias + block];
  y[index] = select(scaled, max(scaled, vec4f()), RELU);
}
