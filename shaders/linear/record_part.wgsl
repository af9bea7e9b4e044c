// Where a tile's sum goes: it is one of PARTS that record_sums adds up.

@group(0) @binding(5) var<storage, read_write> partials: array<f32>;

fn finish_sum(lane: u32, part: u32, sum: f32) {
  partials[lane * PARTS + part] = sum;
}
