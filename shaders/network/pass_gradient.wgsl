// The gradient of a sum, or of a ReLU, goes on as it is. One invocation a block of four channels.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(7) var<storage, read> dy: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let place = index / (BATCH * SIZE_BLOCKS);
  if (place >= arrayLength(&members)) {
    return;
  }
  if (alive[members[place]] == 0u) {
    return;
  }
  give_gradient(index, dy[index]);
}
