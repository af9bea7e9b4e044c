// Which tile an invocation works at, in one channel of one member: the tiles of all samples, each of 4 x 4 pixels of an image.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;

struct ImageTile {
  // False beyond the last lane, and where the lane has ended.
  wanted: bool,
  channel: u32,
  sample: u32,
  // First row and column.
  top: u32,
  left: u32,
  place: u32,
  lane: u32,
  // Of the first of its 36 transformed values; the next ones are POSITION apart.
  at: u32,
}

const CHANNELS = 4u * CHANNEL_BLOCKS;
const TILES = BATCH * TILE_ROWS * TILE_COLUMNS;
const POSITION = TILES * CHANNELS + SPACING;

fn image_tile_at(index: u32) -> ImageTile {
  let tile = (index / CHANNELS) % TILES;
  let place = index / (TILES * CHANNELS);
  let lane = members[min(place, arrayLength(&members) - 1u)];
  return ImageTile(
    (place < arrayLength(&members)) & (alive[lane] != 0u),
    index % CHANNELS,
    tile / (TILE_ROWS * TILE_COLUMNS),
    4u * ((tile / TILE_COLUMNS) % TILE_ROWS),
    4u * (tile % TILE_COLUMNS),
    place,
    lane,
    place * 36u * POSITION + index % (TILES * CHANNELS),
  );
}
