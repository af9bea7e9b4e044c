// Inputs as they are: block `block` of row `row`.

fn input_block(key: u32, row: u32, index: u32, block: u32) -> vec4f {
  return features[row * INPUT_BLOCKS + block];
}
