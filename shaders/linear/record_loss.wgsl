// Writes a lane's loss and ends the lane where it has diverged; an ended lane records NaN. Compared and written as bits:
// a compiler may assume that a float is never infinite or NaN, and for non-negative floats the order of the bits is the
// order of the numbers.
fn record_at(row: u32, lane: u32, loss: f32, living: u32) {
  let place = row * arrayLength(&lanes) + lane;
  if (living == 0u) {
    losses[place] = 0x7fc00000u;
    return;
  }
  losses[place] = bitcast<u32>(loss);
  if (is_beyond(loss)) {
    alive[lane] = 0u;
  }
}

fn is_beyond(loss: f32) -> bool {
  return (bitcast<u32>(loss) & 0x7fffffffu) > work.loss_limit;
}

fn record_loss(lane: u32, loss: f32) {
  record_at(work.record, lane, loss, alive[lane]);
}
