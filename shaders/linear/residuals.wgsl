// First half of a step of large least-squares lanes: residuals of the minibatch at the query points.
//
// THREADS invocations work on one tile of ROW_TILE samples of one group of SLOTS lanes that share their minibatches;
// they split the coordinates between them. A tile reads every block of the samples and of the query points once.

@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(2) var<storage, read> state: array<vec4f>;
@group(0) @binding(3) var<storage, read> alive: array<u32>;
// Lane numbers, SLOTS a group.
@group(0) @binding(4) var<storage, read> members: array<u32>;
// MAX_BATCH draws a group; SLOTS residuals a draw.
@group(0) @binding(5) var<storage, read_write> draws: array<vec2u>;
@group(0) @binding(6) var<storage, read_write> residuals: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  const TILES = (MAX_BATCH + ROW_TILE - 1u) / ROW_TILE;
  let item = index / THREADS;
  let q = index % THREADS;
  let group = item / TILES;
  let first = (item % TILES) * ROW_TILE;
  if (group * SLOTS >= arrayLength(&members)) {
    return;
  }
  var living = 0u;
  //#for l in SLOTS
  let lane_$l = members[group * SLOTS + $lu];
  let u_$l = slot_offset(lane_$l, 0u);
  living |= alive[lane_$l];
  //#end
  let key = lanes[lane_0].key;
  let origin = sample_origin(lane_0);
  let batch = lanes[lane_0].batch;
  if (first >= batch || living == 0u) {
    return;
  }
  let weight = 1.0 / f32(batch);
  let t = work.from_step;
  let step_draws = draws_of_step(key, t, batch);
  //#for i in ROW_TILE
  let index_$i = min(first + $iu, batch - 1u);
  let draw_$i = draw_sample(step_draws, index_$i);
  //#for l in SLOTS
  var p_$i_$l = vec4f();
  //#end
  //#end
  for (var block = q; block < BLOCKS; block += THREADS) {
    //#for i in ROW_TILE
    let x_$i = sample_block(draw_$i, origin, t, index_$i, block);
    //#end
    //#for l in SLOTS
    let w_$l = state[u_$l + block];
    //#for i in ROW_TILE
    p_$i_$l += x_$i * w_$l;
    //#end
    //#end
  }
  //#for i in ROW_TILE
  let place_$i = group * MAX_BATCH + first + $iu;
  let y_$i = sample_target(draw_$i);
  //#for l in SLOTS
  let r_$i_$l = weight * (sum_over_threads(dot(p_$i_$l, vec4f(1.0))) - y_$i);
  //#end
  if (q == 0u && first + $iu < batch) {
    draws[place_$i] = draw_$i;
    //#for l in SLOTS
    residuals[place_$i * SLOTS + $lu] = r_$i_$l;
    //#end
  }
  //#end
}
