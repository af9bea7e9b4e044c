// One step of an optimizer: all parameters of its lanes, four at a time. An invocation takes every STEP-th four of a lane.

@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(2) var<storage, read_write> state: array<vec4f>;
@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(5) var<storage, read> gradient: array<vec4f>;

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
  let c = slot_0_at(lanes[lane].coefficients, work.from_step + 1u);
  let scale = gradient_scale(lane);
  for (var block = index % STEP; block < BLOCKS; block += STEP) {
    let x = slot_offset(lane, 0u) + block;
    let y = slot_offset(lane, 1u) + block;
    let z = slot_offset(lane, 2u) + block;
    // What an optimizer does not keep is not loaded.
    var before = Slots(state[x], vec4f(), vec4f());
    if (SLOTS > 1u) {
      before.y = state[y];
    }
    if (SLOTS > 2u) {
      before.z = state[z];
    }
    let g = scale * gradient[lane * BLOCKS + block] + WEIGHT_DECAY * before.x;
    var next = slot_0_step(before, g, c);
    if (work.restart != 0u) {
      next = slot_0_restarted(next);
    }
    state[x] = next.x;
    if (SLOTS > 1u) {
      state[y] = next.y;
    }
    if (SLOTS > 2u) {
      state[z] = next.z;
    }
  }
}
