// The mean of each channel over the image. One invocation a block of four channels of one sample.

@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(6) var<storage, read> x: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let block = index % CHANNEL_BLOCKS;
  let sample = (index / CHANNEL_BLOCKS) % BATCH;
  let place = index / (CHANNEL_BLOCKS * BATCH);
  if (place >= arrayLength(&members)) {
    return;
  }
  if (alive[members[place]] == 0u) {
    return;
  }
  let image = select(place * BATCH, first_input(place), FROM_INPUTS) + sample;
  var sum = vec4f();
  for (var pixel = 0u; pixel < INPUT_PIXELS; pixel++) {
    sum += x[(image * INPUT_PIXELS + pixel) * CHANNEL_BLOCKS + block];
  }
  y[index] = sum / f32(INPUT_PIXELS);
}
