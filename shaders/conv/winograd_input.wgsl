// Transforms the inputs that tiles reach: those one pixel round them, too, zero outside the image. One invocation a channel of
// a tile.

@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(6) var<storage, read> x: array<f32>;
@group(0) @binding(8) var<storage, read_write> transformed: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let tile = image_tile_at(invocation_index(id, size));
  if (!tile.wanted) {
    return;
  }
  let image = select(tile.place * BATCH, first_input(tile.place), FROM_INPUTS) + tile.sample;
  // Of the pixel above and to the left of the tile, which may be less than zero: a large number.
  let top = tile.top - 1u;
  let left = tile.left - 1u;
  let corner = ((image * HEIGHT + top) * WIDTH + left) * CHANNELS + tile.channel;
  //#for c in SIX
  let within_$c = left + $cu < WIDTH;
  //#end
  //#for r in SIX
  let inside_$r = top + $ru < HEIGHT;
  let line_$r = input_line(Six(
    //#for c in SIX
    select(0.0, x[corner + ($ru * WIDTH + $cu) * CHANNELS], inside_$r & within_$c),
    //#end
  ));
  //#end
  //#for c in SIX
  let column_$c = input_line(Six(
    //#for r in SIX
    line_$r[$c],
    //#end
  ));
  //#for r in SIX
  transformed[tile.at + (6u * $ru + $cu) * POSITION] = column_$c[$r];
  //#end
  //#end
}
