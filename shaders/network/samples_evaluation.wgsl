// Which samples and weights an evaluation works on: rows from_step .. to_step - 1 of the data, and the iterate.

@group(0) @binding(0) var<uniform> work: Work;

fn weights_of(lane: u32) -> u32 {
  return slot_offset(lane, lanes[lane].iterate);
}

fn first_input(place: u32) -> u32 {
  return work.from_step;
}
