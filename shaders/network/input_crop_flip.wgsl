// Pictures cropped at random and mirrored in half of the cases, twin of src/models/augmentation.ts: block `block` of row
// `row` as place `index` of the minibatch sees it. PIXEL is the numbers of a pixel in memory.

fn input_block(key: u32, row: u32, index: u32, block: u32) -> vec4f {
  let own = mix_words(vec4u(key, AUGMENT_STREAM, 0u, 0x9e3779b9u)).x;
  let words = mix_words(vec4u(own, work.from_step, index, 0u));
  let down = i32(scale_word_short(words.x, 2u * PADDING + 1u)) - i32(PADDING);
  let across = i32(scale_word_short(words.y, 2u * PADDING + 1u)) - i32(PADDING);
  let flip = words.z >= 0x80000000u;
  var values = vec4f();
  for (var k = 0u; k < 4u; k++) {
    let number = 4u * block + k;
    let pixel = number / PIXEL;
    let x = i32(pixel % IMAGE_WIDTH);
    let source_row = i32(pixel / IMAGE_WIDTH) + down;
    let column = select(x, i32(IMAGE_WIDTH) - 1 - x, flip) + across;
    let inside = pixel < IMAGE_WIDTH * IMAGE_HEIGHT
      && source_row >= 0 && source_row < i32(IMAGE_HEIGHT) && column >= 0 && column < i32(IMAGE_WIDTH);
    if (inside) {
      let found = (u32(source_row) * IMAGE_WIDTH + u32(column)) * PIXEL + number % PIXEL;
      values[k] = features[row * INPUT_BLOCKS + found / 4u][found % 4u];
    }
  }
  return values;
}
