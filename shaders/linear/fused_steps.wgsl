// Whole steps of small least-squares lanes, state in registers: draw, gradient, update, repeated.
//
// THREADS invocations work on one group of SLOTS lanes that share their minibatches (one seed, one batch size); each
// holds BLOCKS_PER_THREAD blocks of four coordinates: block q, q + THREADS, … Every sample is read once for all lanes
// of the group. ROWS_TOGETHER rows, which divide every batch, are taken at once: each invocation draws one of them for all.
// Where recordings are cheap (MARKED), they are made here as well: a dispatch that ends at each costs more than they do.
//
// Loads and stores at addresses that differ between invocations are what takes a software adapter longest to compile. Those
// outside the loop over steps are therefore written once, in loops over slots; registers take turns with what was loaded.

@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(2) var<storage, read_write> state: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> alive: array<u32>;
// Lane numbers, SLOTS a group.
@group(0) @binding(4) var<storage, read> members: array<u32>;

fn padded_sample_block(draw: vec2u, key: u32, step: u32, index: u32, block: u32) -> vec4f {
  if (PADDED) {
    let value = sample_block(draw, key, step, index, min(block, BLOCKS - 1u));
    return select(vec4f(), value, block < BLOCKS);
  }
  return sample_block(draw, key, step, index, block);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let group = index / THREADS;
  let q = index % THREADS;
  if (group * SLOTS >= arrayLength(&members)) {
    return;
  }
  // A bit for each slot.
  var living = 0u;
  //#for l in SLOTS
  var c_$l = Coefficients();
  //#for v in BLOCKS_PER_THREAD
  var s_$l_$v = Slots();
  //#end
  //#end
  for (var slot = 0u; slot < SLOTS; slot++) {
    let lane = members[group * SLOTS + slot];
    living |= select(0u, 1u << slot, alive[lane] != 0u);
    let c = lanes[lane].coefficients;
    //#for l in SLOTS
    c_$l.a = select(c_$l.a, c.a, slot == $lu);
    c_$l.b = select(c_$l.b, c.b, slot == $lu);
    //#end
  }
  if (!MARKED && living == 0u) {
    return;
  }
  for (var held = 0u; held < HELD; held++) {
    let s = load_slots(members[group * SLOTS + held / BLOCKS_PER_THREAD], q + held % BLOCKS_PER_THREAD * THREADS);
    //#for l in SLOTS
    //#for v in BLOCKS_PER_THREAD
    s_$l_$v = chosen_slots_$l(s_$l_$v, s, held == $lu * BLOCKS_PER_THREAD + $vu);
    //#end
    //#end
  }
  let lane_0 = members[group * SLOTS];
  let key = lanes[lane_0].key;
  let batch = lanes[lane_0].batch;
  let weight = 1.0 / f32(batch);
  // A software adapter divides one invocation at a time: not in each round of a loop.
  let own = q % ROWS_TOGETHER;

  var t = work.from_step;
  for (var row = 0u; ; row++) {
    let mark = mark_of(row);
    let end = select(min(mark, work.to_step), t, living == 0u);
    for (; t < end; t++) {
      //#for l in SLOTS
      //#for v in BLOCKS_PER_THREAD
      var g_$l_$v = vec4f();
      //#end
      //#end
      let step_draws = draws_of_step(key, t, batch);
      for (var i = 0u; i < batch; i += ROWS_TOGETHER) {
        let own_draw = draw_sample(step_draws, i + own);
        //#for r in ROWS_TOGETHER
        let draw_$r = shared_draw_$r(own_draw);
        let y_$r = sample_target(draw_$r);
        //#for v in BLOCKS_PER_THREAD
        let x_$r_$v = padded_sample_block(draw_$r, key, t, i + $ru, q + $vu * THREADS);
        //#end
        //#for v in BLOCKS_PER_THREAD
        let e_$r_$v = gradient_of(x_$r_$v, draw_$r, q + $vu * THREADS);
        //#end
        //#end
        //#for l in SLOTS
        //#for r in ROWS_TOGETHER
        var p_$r_$l = dot(x_$r_0, s_$l_0.x);
        //#for v in BLOCKS_PER_THREAD from 1
        p_$r_$l += dot(x_$r_$v, s_$l_$v.x);
        //#end
        let r_$r_$l = weight * (sum_over_threads(p_$r_$l) - y_$r);
        //#for v in BLOCKS_PER_THREAD
        g_$l_$v += r_$r_$l * e_$r_$v;
        //#end
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
    if (!MARKED || mark > work.to_step) {
      break;
    }
    //#for m in STREAM_MARKS
    //#for l in SLOTS
    var f_$l = vec4f();
    //#for v in BLOCKS_PER_THREAD
    f_$l += loss_block(slot_$l_iterate(s_$l_$v), q + $vu * THREADS);
    //#end
    let loss_$l = loss_of_blocks(f_$l);
    //#end
    //#end
    //#for m in ROW_MARKS
    //#for l in SLOTS
    var sum_$l = 0.0;
    //#for v in BLOCKS_PER_THREAD
    let w_$l_$v = slot_$l_iterate(s_$l_$v);
    //#end
    //#end
    // Lanes that have ended need no sums.
    let rows = select(RECORD_ROWS, 0u, living == 0u);
    for (var i = 0u; i < rows; i++) {
      let y = record_target(i);
      //#for v in BLOCKS_PER_THREAD
      let z_$v = record_block(i, q + $vu * THREADS);
      //#end
      //#for l in SLOTS
      var p_$l = dot(z_0, w_$l_0);
      //#for v in BLOCKS_PER_THREAD from 1
      p_$l += dot(z_$v, w_$l_$v);
      //#end
      let r_$l = sum_over_threads(p_$l) - y;
      sum_$l += r_$l * r_$l;
      //#end
    }
    //#for l in SLOTS
    let loss_$l = loss_of_sum(sum_$l);
    //#end
    //#end
    //#for m in MARKS
    var remaining = 0u;
    for (var slot = 0u; slot < SLOTS; slot++) {
      var loss = 0.0;
      //#for l in SLOTS
      loss = select(loss, loss_$l, slot == $lu);
      //#end
      let lane = members[group * SLOTS + slot];
      remaining |= record_mark(lane, work.record + row, q, loss, living & (1u << slot));
    }
    living = remaining;
    //#end
  }

  for (var held = 0u; held < HELD; held++) {
    var s = Slots();
    //#for l in SLOTS
    //#for v in BLOCKS_PER_THREAD
    s = chosen_slots_$l(s, s_$l_$v, held == $lu * BLOCKS_PER_THREAD + $vu);
    //#end
    //#end
    store_slots(members[group * SLOTS + held / BLOCKS_PER_THREAD], q + held % BLOCKS_PER_THREAD * THREADS, s);
  }
}
