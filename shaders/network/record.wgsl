// Writes what an evaluation found of a lane, METRICS numbers of which the first is the training loss, and ends the lane
// where that has diverged; an ended lane records NaN. Compared and written as bits: a compiler may assume that a float is
// never infinite or NaN, and for non-negative floats the order of the bits is the order of the numbers.

@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(3) var<storage, read_write> alive: array<u32>;
@group(0) @binding(4) var<storage, read_write> losses: array<u32>;
@group(0) @binding(5) var<storage, read> training_sums: array<vec2f>;
@group(0) @binding(6) var<storage, read> test_sums: array<vec2f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let lane = invocation_index(id, size);
  let count = arrayLength(&lanes);
  if (lane >= count) {
    return;
  }
  let training = training_sums[lane] / TRAINING_ROWS;
  var values = values_of(training, test_sums[lane] / TEST_ROWS);
  for (var metric = 0u; metric < METRICS; metric++) {
    losses[(work.record * METRICS + metric) * count + lane] = select(
      0x7fc00000u,
      bitcast<u32>(values[metric]),
      alive[lane] != 0u,
    );
  }
  if ((bitcast<u32>(training.x) & 0x7fffffffu) > work.loss_limit) {
    alive[lane] = 0u;
  }
}
