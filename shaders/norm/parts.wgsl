// The pixels of all samples of a minibatch, cut into parts.

fn part_start(part: u32) -> u32 {
  return part * (BATCH * PIXELS / PARTS) + min(part, BATCH * PIXELS % PARTS);
}
