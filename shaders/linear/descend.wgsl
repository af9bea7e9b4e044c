// Second half of a step of large least-squares lanes: the gradient from the residuals, and the update.
// One invocation works on one block of four coordinates of all SLOTS lanes of a group.

@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(2) var<storage, read_write> state: array<vec4f>;
@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(5) var<storage, read> draws: array<vec2u>;
@group(0) @binding(6) var<storage, read> residuals: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let group = index / BLOCKS;
  let block = index % BLOCKS;
  if (group * SLOTS >= arrayLength(&members)) {
    return;
  }
  var living = 0u;
  //#for l in SLOTS
  let lane_$l = members[group * SLOTS + $lu];
  var g_$l = vec4f();
  living |= alive[lane_$l];
  //#end
  if (living == 0u) {
    return;
  }
  let key = lanes[lane_0].key;
  let batch = lanes[lane_0].batch;
  let t = work.from_step;
  for (var i = 0u; i < batch; i++) {
    let place = group * MAX_BATCH + i;
    let x = gradient_block(draws[place], key, t, i, block);
    //#for l in SLOTS
    g_$l += residuals[place * SLOTS + $lu] * x;
    //#end
  }
  //#for l in SLOTS
  if (alive[lane_$l] != 0u) {
    let x = slot_offset(lane_$l, 0u) + block;
    let y = slot_offset(lane_$l, 1u) + block;
    let z = slot_offset(lane_$l, 2u) + block;
    let c = slot_$l_at(lanes[lane_$l].coefficients, t + 1u);
    let next = slot_$l_step(Slots(state[x], state[y], state[z]), g_$l, c);
    state[x] = next.x;
    state[y] = next.y;
    state[z] = next.z;
  }
  //#end
}
