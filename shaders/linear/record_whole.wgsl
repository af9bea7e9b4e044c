// Where a tile's sum goes: it is all there is.

@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(4) var<storage, read_write> losses: array<u32>;

fn finish_sum(lane: u32, part: u32, sum: f32) {
  record_loss(lane, loss_of_sum(sum));
}
