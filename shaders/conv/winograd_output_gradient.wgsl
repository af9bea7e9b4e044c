// Transforms the gradients of tiles' outputs for the gradient of the weights, and sums each tile's for that of the bias.
// One invocation a channel of a tile.

@group(0) @binding(7) var<storage, read> dy: array<f32>;
@group(0) @binding(8) var<storage, read_write> transformed: array<f32>;
// Of each channel of each tile.
@group(0) @binding(9) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let tile = image_tile_at(index);
  if (!tile.wanted) {
    return;
  }
  let corner = (((tile.place * BATCH + tile.sample) * HEIGHT + tile.top) * WIDTH + tile.left) * CHANNELS + tile.channel;
  var sum = 0.0;
  //#for r in FOUR
  //#for c in FOUR
  let inside_$r_$c = (tile.top + $ru < HEIGHT) & (tile.left + $cu < WIDTH);
  let d_$r_$c = select(0.0, dy[corner + ($ru * WIDTH + $cu) * CHANNELS], inside_$r_$c);
  sum += d_$r_$c;
  //#end
  let line_$r = output_gradient_line(Four(
    //#for c in FOUR
    d_$r_$c,
    //#end
  ));
  //#end
  //#for c in SIX
  let column_$c = output_gradient_line(Four(
    //#for r in FOUR
    line_$r[$c],
    //#end
  ));
  //#for r in SIX
  transformed[tile.at + (6u * $ru + $cu) * POSITION] = column_$c[$r];
  //#end
  //#end
  sums[index] = sum;
}
