// Sums the parts of the gradients of scale and shift. One invocation a block of four channels.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(6) var<storage, read> parts: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> gradient: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let block = index % CHANNEL_BLOCKS;
  let place = index / CHANNEL_BLOCKS;
  if (place >= arrayLength(&members)) {
    return;
  }
  let lane = members[place];
  if (alive[lane] == 0u) {
    return;
  }
  var scale = vec4f();
  var shift = vec4f();
  for (var part = 0u; part < PARTS; part++) {
    let at = 2u * ((place * PARTS + part) * CHANNEL_BLOCKS + block);
    scale += parts[at];
    shift += parts[at + 1u];
  }
  gradient[lane * BLOCKS + layer.weights + block] = scale;
  gradient[lane * BLOCKS + layer.bias + block] = shift;
}
