// Writes a lane's loss and ends the lane where it has diverged. Compared as bits: a compiler may assume that a float is
// never infinite or NaN, and for non-negative floats the order of the bits is the order of the numbers.
fn record_loss(lane: u32, loss: f32) {
  losses[work.record * arrayLength(&lanes) + lane] = loss;
  if ((bitcast<u32>(loss) & 0x7fffffffu) > work.loss_limit) {
    alive[lane] = 0u;
  }
}
