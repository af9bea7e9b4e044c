// Sums of squared residuals over stored rows, for every lane: the large part of a recording.
//
// THREADS invocations work on SLOTS neighbouring lanes and every PARTS-th tile of THREADS * ROW_TILE rows; each takes
// ROW_TILE of the tile's rows. Of a TRIANGULAR matrix, row i is zero before coordinate i.

@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(2) var<storage, read> state: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> alive: array<u32>;
@group(0) @binding(9) var<storage, read> targets: array<f32, RECORD_ROWS>;

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
  let w_$l = slot_offset(lane_$l, lanes[lane_$l].iterate);
  var sum_$l = 0.0;
  living |= alive[lane_$l];
  //#end
  // Lanes that have ended need no sums, but their loss is written all the same.
  let end = select(RECORD_ROWS, 0u, living == 0u);
  for (var tile = part * THREADS * ROW_TILE; tile < end; tile += PARTS * THREADS * ROW_TILE) {
    let first = tile + q * ROW_TILE;
    //#for i in ROW_TILE
    let row_$i = min(first + $iu, RECORD_ROWS - 1u);
    //#for l in SLOTS
    var p_$i_$l = vec4f();
    //#end
    //#end
    for (var block = select(0u, tile / 4u, TRIANGULAR); block < BLOCKS; block++) {
      //#for i in ROW_TILE
      let x_$i = row_block(row_$i, block);
      //#end
      //#for l in SLOTS
      let v_$l = state[w_$l + block];
      //#for i in ROW_TILE
      p_$i_$l += x_$i * v_$l;
      //#end
      //#end
    }
    //#for i in ROW_TILE
    let y_$i = targets[row_$i];
    let counts_$i = select(0.0, 1.0, first + $iu < RECORD_ROWS);
    //#for l in SLOTS
    let r_$i_$l = dot(p_$i_$l, vec4f(1.0)) - y_$i;
    sum_$l += counts_$i * r_$i_$l * r_$i_$l;
    //#end
    //#end
  }
  //#for l in SLOTS
  let total_$l = sum_over_threads(sum_$l);
  if (q == 0u && first_lane + $lu < lane_count) {
    finish_sum(lane_$l, part, total_$l);
  }
  //#end
}
