// Pictures cropped at random and mirrored in half of the cases, twin of src/models/augmentation.ts, as place `index` of the
// minibatch sees them. PIXEL is the numbers of a pixel in a block, its IMAGE_CHANNELS channels and their surplus.

struct View {
  down: i32,
  across: i32,
  flip: bool,
}

fn view_of(key: u32, index: u32) -> View {
  let own = mix_words(vec4u(key, AUGMENT_STREAM, 0u, 0x9e3779b9u)).x;
  let words = mix_words(vec4u(own, work.from_step, index, 0u));
  return View(
    i32(scale_word_short(words.x, 2u * PADDING + 1u)) - i32(PADDING),
    i32(scale_word_short(words.y, 2u * PADDING + 1u)) - i32(PADDING),
    words.z >= 0x80000000u,
  );
}

fn input_block(view: View, levels: Levels, row: u32, block: u32) -> vec4f {
  var values = vec4f();
  var seen = vec4<bool>();
  for (var k = 0u; k < 4u; k++) {
    let number = 4u * block + k;
    let pixel = number / PIXEL;
    let channel = number % PIXEL;
    let x = i32(pixel % IMAGE_WIDTH);
    let source_row = i32(pixel / IMAGE_WIDTH) + view.down;
    let column = select(x, i32(IMAGE_WIDTH) - 1 - x, view.flip) + view.across;
    let inside = channel < IMAGE_CHANNELS && pixel < IMAGE_WIDTH * IMAGE_HEIGHT
      && source_row >= 0 && source_row < i32(IMAGE_HEIGHT) && column >= 0 && column < i32(IMAGE_WIDTH);
    if (inside) {
      seen[k] = true;
      values[k] = stored_number(row, (u32(source_row) * IMAGE_WIDTH + u32(column)) * IMAGE_CHANNELS + channel);
    }
  }
  // The border is zero, whatever a zero of the picture is.
  return select(vec4f(), leveled(values, levels), seen);
}
