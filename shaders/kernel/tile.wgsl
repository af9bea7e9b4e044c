// A tile of rows of a kernel matrix: values between TILE_ROWS inputs and blocks of four inputs.

struct Kernel {
  scale: f32,
  degree: u32,
  // First row that a dispatch works out, and how many.
  first: u32,
  rows: u32,
}

@group(0) @binding(10) var<uniform> kernel: Kernel;
// INPUT_BLOCKS blocks of four numbers an input, padded with zeros; 4 * BLOCKS inputs, those past the last one zero.
@group(0) @binding(11) var<storage, read> inputs: array<vec4f, 4u * BLOCKS * INPUT_BLOCKS>;
// BLOCKS blocks of four values a row.
@group(0) @binding(12) var<storage, read_write> values: array<vec4f>;

struct Tile {
  //#for r in TILE_ROWS
  row_$r: u32,
  //#end
}

// Writes the first `count` rows of a tile to `place`, ..., of `values`: blocks q, q + SPREAD, ... of each.
fn write_tile(tile: Tile, count: u32, place: u32, q: u32) {
  //#for r in TILE_ROWS
  let x_$r = tile.row_$r * INPUT_BLOCKS;
  //#end
  for (var block = q; block < BLOCKS; block += SPREAD) {
    let z = 4u * block * INPUT_BLOCKS;
    //#for r in TILE_ROWS
    //#for c in COLUMNS
    var sum_$r_$c = vec4f();
    //#end
    //#end
    for (var k = 0u; k < INPUT_BLOCKS; k++) {
      //#for c in COLUMNS
      let z_$c = inputs[z + $cu * INPUT_BLOCKS + k];
      //#end
      //#for r in TILE_ROWS
      let v_$r = inputs[x_$r + k];
      //#for c in COLUMNS
      sum_$r_$c += kernel_terms(v_$r, z_$c);
      //#end
      //#end
    }
    let inside = 4u * block + vec4u(0u, 1u, 2u, 3u) < vec4u(ROWS);
    //#for r in TILE_ROWS
    if ($ru < count) {
      let sums = vec4f(
        //#for c in COLUMNS
        dot(sum_$r_$c, vec4f(1.0)),
        //#end
      );
      values[(place + $ru) * BLOCKS + block] = select(vec4f(), kernel_of_sums(sums), inside);
    }
    //#end
  }
}
