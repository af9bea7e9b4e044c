// Inputs as they are: block `block` of row `row`.

alias View = u32;

fn view_of(key: u32, index: u32) -> View {
  return 0u;
}

fn input_block(view: View, levels: Levels, row: u32, block: u32) -> vec4f {
  let values = leveled(stored_block(row, first_number(block)), levels);
  if (CHANNELS % 4u == 0u) {
    return values;
  }
  // The surplus of a pixel is zero.
  return select(vec4f(), values, vec4u(first_channel(block)) + vec4u(0u, 1u, 2u, 3u) < vec4u(CHANNELS));
}
