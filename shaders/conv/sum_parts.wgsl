// Sums the parts of a convolution's weight gradient. One invocation a block of four of the weights and the bias of a lane.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(6) var<storage, read> parts: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> gradient: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let block = index % GIVEN_BLOCKS;
  let place = index / GIVEN_BLOCKS;
  if (place >= arrayLength(&members)) {
    return;
  }
  let lane = members[place];
  if (alive[lane] == 0u) {
    return;
  }
  var sum = vec4f();
  for (var part = 0u; part < PARTS; part++) {
    sum += parts[(place * PARTS + part) * PART_BLOCKS + block];
  }
  let at = select(layer.bias + block - WEIGHT_BLOCKS, layer.weights + block, block < WEIGHT_BLOCKS);
  // What surplus channels come to, some kernels leave out.
  let kept = (block >= WEIGHT_BLOCKS) | ((block / OUTPUT_BLOCKS) % 4u < KEPT_CHANNELS);
  gradient[lane * BLOCKS + at] = select(vec4f(), sum, kept);
}
