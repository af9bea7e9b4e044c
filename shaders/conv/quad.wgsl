// What the invocations of a quad hand to each other: that of the neighbour whose number differs in the bits of s.

fn exchanged_0(value: f32) -> f32 {
  return value;
}

fn exchanged_1(value: f32) -> f32 {
  return quadSwapX(value);
}

fn exchanged_2(value: f32) -> f32 {
  return quadSwapY(value);
}

fn exchanged_3(value: f32) -> f32 {
  return quadSwapDiagonal(value);
}
