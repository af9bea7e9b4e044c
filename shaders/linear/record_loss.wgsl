// Writes a lane's loss and ends the lane where it has diverged; an ended lane records NaN. Compared and written as bits:
// a compiler may assume that a float is never infinite or NaN, and for non-negative floats the order of the bits is the
// order of the numbers.
fn record_loss(lane: u32, loss: f32) {
  let place = work.record * arrayLength(&lanes) + lane;
  if (alive[lane] == 0u) {
    losses[place] = 0x7fc00000u;
    return;
  }
  let bits = bitcast<u32>(loss);
  losses[place] = bits;
  if ((bits & 0x7fffffffu) > work.loss_limit) {
    alive[lane] = 0u;
  }
}
