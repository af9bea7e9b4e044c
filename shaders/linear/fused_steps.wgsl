// Whole steps of small least-squares lanes, state in registers: draw, gradient, update, repeated.
//
// THREADS invocations work on one group of SLOTS lanes that share their minibatches (one seed, one batch size); each
// holds BLOCKS_PER_THREAD blocks of four coordinates: block q, q + THREADS, … Every sample is read once for all lanes
// of the group.

@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(2) var<storage, read_write> state: array<vec4f>;
@group(0) @binding(3) var<storage, read> alive: array<u32>;
// Lane numbers, SLOTS a group.
@group(0) @binding(4) var<storage, read> members: array<u32>;

fn load_block(lane: u32, slot: u32, block: u32) -> vec4f {
  var value = vec4f();
  if (block < BLOCKS) {
    value = state[slot_offset(lane, slot) + block];
  }
  return value;
}

fn store_block(lane: u32, slot: u32, block: u32, value: vec4f) {
  if (block < BLOCKS) {
    state[slot_offset(lane, slot) + block] = value;
  }
}

fn padded_sample_block(draw: vec2u, key: u32, step: u32, index: u32, block: u32) -> vec4f {
  var value = sample_block(draw, key, step, index, min(block, BLOCKS - 1u));
  if (PADDED) {
    value = select(vec4f(), value, block < BLOCKS);
  }
  return value;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let group = index / THREADS;
  let q = index % THREADS;
  if (group * SLOTS >= arrayLength(&members)) {
    return;
  }
  var living = 0u;
  //#for l in SLOTS
  let lane_$l = members[group * SLOTS + $lu];
  let c_$l = lanes[lane_$l].coefficients;
  living |= alive[lane_$l];
  //#end
  if (living == 0u) {
    return;
  }
  //#for l in SLOTS
  //#for v in BLOCKS_PER_THREAD
  var s_$l_$v = Slots(
    load_block(lane_$l, 0u, q + $vu * THREADS),
    load_block(lane_$l, 1u, q + $vu * THREADS),
    load_block(lane_$l, 2u, q + $vu * THREADS),
  );
  //#end
  //#end
  let key = lanes[lane_0].key;
  let batch = lanes[lane_0].batch;
  let weight = 1.0 / f32(batch);

  for (var t = work.from_step; t < work.to_step; t++) {
    //#for l in SLOTS
    //#for v in BLOCKS_PER_THREAD
    var g_$l_$v = vec4f();
    //#end
    //#end
    for (var i = 0u; i < batch; i++) {
      let draw = draw_sample(key, t, i, batch);
      let y = sample_target(draw);
      //#for v in BLOCKS_PER_THREAD
      let x_$v = padded_sample_block(draw, key, t, i, q + $vu * THREADS);
      //#end
      //#for l in SLOTS
      var p_$l = vec4f();
      //#for v in BLOCKS_PER_THREAD
      p_$l += x_$v * s_$l_$v.x;
      //#end
      let r_$l = weight * (sum_over_threads(dot(p_$l, vec4f(1.0))) - y);
      //#for v in BLOCKS_PER_THREAD
      g_$l_$v += r_$l * x_$v;
      //#end
      //#end
    }
    //#for l in SLOTS
    let k_$l = slot_$l_at(c_$l, t + 1u);
    //#for v in BLOCKS_PER_THREAD
    s_$l_$v = slot_$l_step(s_$l_$v, g_$l_$v, k_$l);
    //#end
    //#end
  }

  //#for l in SLOTS
  //#for v in BLOCKS_PER_THREAD
  store_block(lane_$l, 0u, q + $vu * THREADS, s_$l_$v.x);
  store_block(lane_$l, 1u, q + $vu * THREADS, s_$l_$v.y);
  store_block(lane_$l, 2u, q + $vu * THREADS, s_$l_$v.z);
  //#end
  //#end
}
