// Squares of a lane's gradient, added up in PARTS parts. One invocation a part of a lane.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(5) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> norm_parts: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let place = index / PARTS;
  if (place >= arrayLength(&members)) {
    return;
  }
  let lane = members[place];
  if (alive[lane] == 0u) {
    return;
  }
  var sum = 0.0;
  for (var block = index % PARTS; block < BLOCKS; block += PARTS) {
    let g = gradient[lane * BLOCKS + block];
    sum += dot(g, g);
  }
  norm_parts[lane * PARTS + index % PARTS] = sum;
}
