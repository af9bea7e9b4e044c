// What tiles come to are values: they get a bias, and may be cut off below zero.

@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(2) var<storage, read> state: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;

fn more_of(tile: ImageTile) -> f32 {
  if (HAS_BIAS) {
    return state[4u * (weights_of(tile.lane) + layer.bias) + tile.channel];
  }
  return 0.0;
}

fn give_output(at: u32, value: f32, bias: f32) {
  y[at] = select(value + bias, max(value + bias, 0.0), RELU);
}
