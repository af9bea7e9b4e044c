// The largest of each 2 x 2 window. One invocation a block of four channels of an output pixel.

@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(6) var<storage, read> x: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let block = index % CHANNEL_BLOCKS;
  let pixel = (index / CHANNEL_BLOCKS) % OUTPUT_PIXELS;
  let sample = (index / (CHANNEL_BLOCKS * OUTPUT_PIXELS)) % BATCH;
  let place = index / (CHANNEL_BLOCKS * OUTPUT_PIXELS * BATCH);
  if (place >= arrayLength(&members)) {
    return;
  }
  if (alive[members[place]] == 0u) {
    return;
  }
  let image = select(place * BATCH, first_input(place), FROM_INPUTS) + sample;
  let corner = (image * INPUT_HEIGHT + 2u * (pixel / OUTPUT_WIDTH)) * INPUT_WIDTH + 2u * (pixel % OUTPUT_WIDTH);
  let above = corner * CHANNEL_BLOCKS + block;
  let below = above + INPUT_WIDTH * CHANNEL_BLOCKS;
  y[index] = max(max(x[above], x[above + CHANNEL_BLOCKS]), max(x[below], x[below + CHANNEL_BLOCKS]));
}
