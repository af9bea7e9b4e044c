// Every pixel has the same share of a mean. One invocation a block of four channels of an input pixel.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(7) var<storage, read> dy: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let block = index % CHANNEL_BLOCKS;
  let image = index / (CHANNEL_BLOCKS * INPUT_PIXELS);
  let place = image / BATCH;
  if (place >= arrayLength(&members)) {
    return;
  }
  if (alive[members[place]] == 0u) {
    return;
  }
  give_gradient(index, dy[image * CHANNEL_BLOCKS + block] / f32(INPUT_PIXELS));
}
