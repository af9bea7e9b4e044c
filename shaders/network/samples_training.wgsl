// Which samples and weights a training pass works on: the minibatch of its seed, gathered once for all lanes of the seed,
// and the query point.

@group(0) @binding(5) var<storage, read> inputs_of: array<u32>;

fn weights_of(lane: u32) -> u32 {
  return slot_offset(lane, 0u);
}

// First sample of a member among its inputs and what is wanted of them.
fn first_input(place: u32) -> u32 {
  return inputs_of[place] * BATCH;
}
