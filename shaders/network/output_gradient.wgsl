// The gradient of a minibatch's mean loss with respect to the outputs. One invocation a sample of a lane.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(6) var<storage, read> z: array<vec4f>;
@group(0) @binding(7) var<storage, read> wanted: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> dz: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let sample = invocation_index(id, size);
  let place = sample / BATCH;
  if (place >= arrayLength(&members)) {
    return;
  }
  if (alive[members[place]] == 0u) {
    return;
  }
  let wanted_sample = first_input(place) + sample % BATCH;
  let loss = sample_loss(sample, wanted_sample);
  for (var block = 0u; block < OUTPUT_BLOCKS; block++) {
    dz[sample * OUTPUT_BLOCKS + block] = output_gradient(sample, wanted_sample, block, loss) / f32(BATCH);
  }
}
