// The minibatch of each seed: draw_row is written in where programs are put together.

@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
// One lane of every seed.
@group(0) @binding(2) var<storage, read> leaders: array<u32>;

fn groups() -> u32 {
  return arrayLength(&leaders);
}

fn key_of(group: u32) -> u32 {
  return lanes[leaders[group]].key;
}

fn row_of(key: u32, index: u32) -> u32 {
  return draw_row(key, work.from_step, index);
}
