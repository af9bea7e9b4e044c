// Works out each block of four numbers of a tensor by itself: `work_out` gets its number among those of a member. An invocation
// takes every STEP-th block of a member.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let place = index / STEP;
  if (place >= arrayLength(&members)) {
    return;
  }
  let lane = members[place];
  if (alive[lane] == 0u) {
    return;
  }
  for (var number = index % STEP; number < BATCH * SIZE_BLOCKS; number += STEP) {
    work_out(place, lane, number);
  }
}
