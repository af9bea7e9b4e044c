// Which samples and weights an evaluation works on: a chunk of rows, gathered once for all lanes, and the iterate.

@group(0) @binding(0) var<uniform> work: Work;

fn weights_of(lane: u32) -> u32 {
  return slot_offset(lane, lanes[lane].iterate);
}

fn first_input(place: u32) -> u32 {
  return 0u;
}
