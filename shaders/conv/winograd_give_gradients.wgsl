// What tiles come to are gradients of the input.

fn more_of(tile: ImageTile) -> f32 {
  return 0.0;
}

fn give_output(at: u32, value: f32, more: f32) {
  give_gradient(at, value);
}
