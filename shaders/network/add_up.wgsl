// Adds one chunk of an evaluation to the sums of a lane, from FIRST_ROW on. One invocation a lane.

@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(5) var<storage, read> found: array<vec2f>;
@group(0) @binding(6) var<storage, read_write> sums: array<vec2f>;

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
  var sum = vec2f();
  for (var i = 0u; i < work.to_step - work.from_step; i++) {
    sum += found[place * BATCH + i];
  }
  if (work.from_step != FIRST_ROW) {
    sum += sums[lane];
  }
  sums[lane] = sum;
}
