// Where the inner index of a convolution of few channels (PACKED) leads: it counts the channels that there are of all taps,
// without surplus. Beyond them lies the surplus of the last tap: CHANNELS is less than four where there is anything.

struct Inner {
  down: u32,
  right: u32,
  channel: u32,
  // Of the weights.
  row: u32,
}

fn inner_at(number: u32) -> Inner {
  let known = number < SIZE * SIZE * CHANNELS;
  let tap = select(SIZE * SIZE - 1u, number / CHANNELS, known);
  let channel = select(3u, number % CHANNELS, known);
  return Inner(tap / SIZE, tap % SIZE, channel, 4u * tap + channel);
}
