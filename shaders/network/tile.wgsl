// Which part of a product an invocation, or a quad of them, works out: of one of COPIES of a product for one lane, a tile of
// ROWS by COLUMNS from there on.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;

struct Tile {
  // False beyond the last lane, and where the lane has ended.
  wanted: bool,
  row: u32,
  column: u32,
  copy: u32,
  place: u32,
  lane: u32,
}

fn tile_at(index: u32) -> Tile {
  let column = (index % COLUMN_TILES) * COLUMNS;
  let row = ((index / COLUMN_TILES) % ROW_TILES) * ROWS;
  let copy = (index / (COLUMN_TILES * ROW_TILES)) % COPIES;
  let place = index / (COLUMN_TILES * ROW_TILES * COPIES);
  let lane = members[min(place, arrayLength(&members) - 1u)];
  return Tile((place < arrayLength(&members)) & (alive[lane] != 0u), row, column, copy, place, lane);
}
