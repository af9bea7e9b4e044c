// Sums of squared residuals over stored rows for small models: every invocation holds its share of the iterates of SLOTS
// neighbouring lanes in registers, as in fused_steps, and every row is read once for all of them.
//
// THREADS invocations take every PARTS-th row.

@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(2) var<storage, read> state: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> alive: array<u32>;
@group(0) @binding(9) var<storage, read> targets: array<f32, RECORD_ROWS>;

// Past the last block the iterate is zero: what is read of the row there does not count.
fn held_block(offset: u32, block: u32) -> vec4f {
  return select(vec4f(), state[offset + min(block, BLOCKS - 1u)], block < BLOCKS);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let item = index / THREADS;
  let q = index % THREADS;
  let first_lane = (item / PARTS) * SLOTS;
  let part = item % PARTS;
  let lane_count = arrayLength(&lanes);
  if (first_lane >= lane_count) {
    return;
  }
  var living = 0u;
  //#for l in SLOTS
  let lane_$l = min(first_lane + $lu, lane_count - 1u);
  let offset_$l = slot_offset(lane_$l, lanes[lane_$l].iterate);
  var sum_$l = 0.0;
  living |= alive[lane_$l];
  //#for v in BLOCKS_PER_THREAD
  let w_$l_$v = held_block(offset_$l, q + $vu * THREADS);
  //#end
  //#end
  // Lanes that have ended need no sums, but their loss is written all the same.
  let end = select(RECORD_ROWS, 0u, living == 0u);
  for (var row = part; row < end; row += PARTS) {
    let y = targets[row];
    //#for v in BLOCKS_PER_THREAD
    let x_$v = row_block(row, min(q + $vu * THREADS, BLOCKS - 1u));
    //#end
    //#for l in SLOTS
    var p_$l = dot(x_0, w_$l_0);
    //#for v in BLOCKS_PER_THREAD from 1
    p_$l += dot(x_$v, w_$l_$v);
    //#end
    let r_$l = sum_over_threads(p_$l) - y;
    sum_$l += r_$l * r_$l;
    //#end
  }
  //#for l in SLOTS
  if (q == 0u && first_lane + $lu < lane_count) {
    finish_sum(lane_$l, part, sum_$l);
  }
  //#end
}
