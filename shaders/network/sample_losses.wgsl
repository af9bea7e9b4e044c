// Loss of each sample of a chunk of an evaluation, and whether its class was found. One invocation a sample of a lane.

@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(6) var<storage, read> z: array<vec4f>;
@group(0) @binding(7) var<storage, read> wanted: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> found: array<vec2f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let sample = invocation_index(id, size);
  let place = sample / BATCH;
  if (place >= arrayLength(&members)) {
    return;
  }
  // The last chunk may end before its last sample.
  if (alive[members[place]] == 0u || work.from_step + sample % BATCH >= work.to_step) {
    return;
  }
  let loss = sample_loss(sample, first_input(place) + sample % BATCH);
  found[sample] = vec2f(loss.loss, loss.found);
}
