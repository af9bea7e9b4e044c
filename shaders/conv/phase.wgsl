// Input pixels that the same taps reach: with a stride, a tap reaches but every STRIDE-th line and column. There are as many
// phases as pixels in a square of that side; the first is the one of the most taps.

struct Phase {
  // Its first pixel, and how many lines and columns of pixels it has, maybe none.
  top: u32,
  left: u32,
  height: u32,
  width: u32,
  // The first of its taps, and how many lines and columns of taps it has, maybe none.
  down: u32,
  right: u32,
  tap_height: u32,
  tap_width: u32,
}

fn phase_at(number: u32) -> Phase {
  let down = number / STRIDE;
  let right = number % STRIDE;
  let top = first_pixel(down);
  let left = first_pixel(right);
  return Phase(
    top,
    left,
    (INPUT_HEIGHT + STRIDE - 1u - top) / STRIDE,
    (INPUT_WIDTH + STRIDE - 1u - left) / STRIDE,
    down,
    right,
    (SIZE + STRIDE - 1u - down) / STRIDE,
    (SIZE + STRIDE - 1u - right) / STRIDE,
  );
}

// The first line, or column, that the first tap of a phase reaches.
fn first_pixel(tap: u32) -> u32 {
  return (tap + (STRIDE - 1u) * PADDING) % STRIDE;
}
