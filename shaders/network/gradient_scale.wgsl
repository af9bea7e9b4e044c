// What a lane's gradient is multiplied by so that its norm is at most CLIP. One invocation a lane.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(5) var<storage, read> norm_parts: array<f32>;
@group(0) @binding(6) var<storage, read_write> gradient_scales: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let place = invocation_index(id, size);
  if (place >= arrayLength(&members)) {
    return;
  }
  let lane = members[place];
  if (alive[lane] == 0u) {
    return;
  }
  var sum = 0.0;
  for (var part = 0u; part < PARTS; part++) {
    sum += norm_parts[lane * PARTS + part];
  }
  gradient_scales[lane] = min(1.0, CLIP / (sqrt(sum) + 1e-6));
}
