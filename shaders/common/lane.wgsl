// What every kernel knows of lanes.

struct Coefficients {
  a: vec4f,
  b: vec4f,
}

// Four coordinates of a lane's state vectors; x is the query point.
struct Slots {
  x: vec4f,
  y: vec4f,
  z: vec4f,
}

struct Lane {
  coefficients: Coefficients,
  // Key of the lane's minibatch draws.
  key: u32,
  batch: u32,
  // Slot of the iterate w, whose loss is reported.
  iterate: u32,
  // Place of its minibatch's first row, where a step works out the rows of all minibatches.
  first_row: u32,
}

// One dispatch: steps from .. to - 1, or a recording into row `record` of the losses; or both: steps with recordings into
// rows `record` and on, at the steps in `marks`.
struct Work {
  from_step: u32,
  to_step: u32,
  record: u32,
  // Bits of the largest loss of a lane that goes on.
  loss_limit: u32,
  // What the step sizes are multiplied by.
  rate: f32,
  // Not 0: after this step optimizers that restart begin anew from their weights.
  restart: u32,
  // Ascending; 0xffffffff behind the last one.
  marks: array<vec4u, 14>,
}

// State vectors lie one after the other: lane, slot, block of four coordinates.
fn slot_offset(lane: u32, slot: u32) -> u32 {
  return (lane * 3u + slot) * BLOCKS;
}

// Number of this invocation in a dispatch whose workgroups may go on in a second dimension.
fn invocation_index(id: vec3u, size: vec3u) -> u32 {
  return id.x + id.y * size.x * WORKGROUP;
}
