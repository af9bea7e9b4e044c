// The outputs of tiles from their products. One invocation a channel of a tile.

@group(0) @binding(9) var<storage, read> products: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let tile = image_tile_at(invocation_index(id, size));
  if (!tile.wanted) {
    return;
  }
  //#for c in SIX
  let column_$c = output_line(Six(
    //#for r in SIX
    products[tile.at + (6u * $ru + $cu) * POSITION],
    //#end
  ));
  //#end
  let corner = (((tile.place * BATCH + tile.sample) * HEIGHT + tile.top) * WIDTH + tile.left) * CHANNELS + tile.channel;
  let more = more_of(tile);
  //#for r in FOUR
  let line_$r = output_line(Six(
    //#for c in SIX
    column_$c[$r],
    //#end
  ));
  //#for c in FOUR
  //#for z in RAGGED
  if ((tile.top + $ru < HEIGHT) & (tile.left + $cu < WIDTH))
  //#end
  {
    give_output(corner + ($ru * WIDTH + $cu) * CHANNELS, line_$r[$c], more);
  }
  //#end
  //#end
}
