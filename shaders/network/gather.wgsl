// Copies the rows of a minibatch together, once for all lanes of a seed. One invocation copies one block of four numbers
// of one sample.

@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
// One lane of every seed.
@group(0) @binding(2) var<storage, read> leaders: array<u32>;
@group(0) @binding(3) var<storage, read> features: array<vec4f>;
@group(0) @binding(4) var<storage, read> targets: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> inputs: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> wanted: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let block = index % COPIED_BLOCKS;
  let sample = index / COPIED_BLOCKS;
  let group = sample / BATCH;
  if (group >= arrayLength(&leaders)) {
    return;
  }
  let key = lanes[leaders[group]].key;
  let row = batch_row(key, sample % BATCH);
  if (block < INPUT_BLOCKS) {
    inputs[sample * INPUT_BLOCKS + block] = input_block(key, row, sample % BATCH, block);
  }
  if (block < TARGET_BLOCKS) {
    wanted[sample * TARGET_BLOCKS + block] = targets[row * TARGET_BLOCKS + block];
  }
}
