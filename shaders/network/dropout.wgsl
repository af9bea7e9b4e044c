// Dropout while training. One invocation a block of four channels.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(6) var<storage, read> x: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let sample = (index / SIZE_BLOCKS) % BATCH;
  let place = index / (BATCH * SIZE_BLOCKS);
  if (place >= arrayLength(&members)) {
    return;
  }
  let lane = members[place];
  if (alive[lane] == 0u) {
    return;
  }
  let from_inputs = first_input(place) * SIZE_BLOCKS + index % (BATCH * SIZE_BLOCKS);
  let value = x[select(index, from_inputs, FROM_INPUTS)];
  y[index] = value * dropout_factor(lane, sample, index % SIZE_BLOCKS);
}
