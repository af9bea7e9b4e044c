// Loss of every lane of a stream, exact in expectation: f(w) = (1/2) sum of spectrum_j w_j^2. One invocation a lane.

@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(2) var<storage, read> state: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> alive: array<u32>;
@group(0) @binding(4) var<storage, read_write> losses: array<u32>;
@group(0) @binding(5) var<storage, read> spectrum: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let lane = index;
  if (lane >= arrayLength(&lanes)) {
    return;
  }
  let offset = slot_offset(lane, lanes[lane].iterate);
  var sum = vec4f();
  for (var block = 0u; block < BLOCKS; block++) {
    let w = state[offset + block];
    sum += spectrum[block] * w * w;
  }
  record_loss(lane, 0.5 * dot(sum, vec4f(1.0)));
}
