// Copies the rows of a pass together, once for all lanes that share them. An invocation copies every PARTS-th block of four
// numbers of one sample: neighbours write neighbouring blocks, and the row is drawn once for many of them. PARTS is such that
// all of them begin with the same channel.

@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(4) var<storage, read> targets: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> inputs: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> wanted: array<vec4f>;

// Channels of a pixel are filled up to whole blocks, but not where they are stored.
fn first_channel(block: u32) -> u32 {
  return 4u * (block % PIXEL_BLOCKS);
}

fn first_number(block: u32) -> u32 {
  return (block / PIXEL_BLOCKS) * CHANNELS + first_channel(block);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let sample = index / PARTS;
  let group = sample / BATCH;
  if (group >= groups()) {
    return;
  }
  let key = key_of(group);
  let row = row_of(key, sample % BATCH);
  let view = view_of(key, sample % BATCH);
  let levels = levels_of(first_number(index % PARTS));
  for (var block = index % PARTS; block < INPUT_BLOCKS; block += PARTS) {
    inputs[sample * INPUT_BLOCKS + block] = input_block(view, levels, row, block);
  }
  for (var block = index % PARTS; block < TARGET_BLOCKS; block += PARTS) {
    wanted[sample * TARGET_BLOCKS + block] = targets[row * TARGET_BLOCKS + block];
  }
}
