// The gradient of a batch normalisation with respect to its input, through the minibatch's mean and variance too; it needs
// the gradients of scale and shift. One invocation a block of four channels of every STEP-th pixel of a member.

@group(0) @binding(2) var<storage, read> state: array<vec4f>;
@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(5) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(7) var<storage, read> dy: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let block = index % CHANNEL_BLOCKS;
  let place = index / (CHANNEL_BLOCKS * STEP);
  if (place >= arrayLength(&members)) {
    return;
  }
  let lane = members[place];
  if (alive[lane] == 0u) {
    return;
  }
  let mean = mean_of(place, block);
  let deviation = deviation_of(place, block);
  let scale_gradient = gradient[lane * BLOCKS + layer.weights + block];
  let shift_gradient = gradient[lane * BLOCKS + layer.bias + block];
  let factor = state[slot_offset(lane, 0u) + layer.weights + block] / deviation;
  for (var k = (index / CHANNEL_BLOCKS) % STEP; k < BATCH * PIXELS; k += STEP) {
    let at = (place * BATCH * PIXELS + k) * CHANNEL_BLOCKS + block;
    let value = x[at];
    let shared_part = shift_gradient + ((value - mean) / deviation) * scale_gradient;
    give_gradient_of(at, value, factor * (dy[at] - shared_part / f32(BATCH * PIXELS)));
  }
}
