// The gradient of a sample is its residual times its features.

fn gradient_of(x: vec4f, draw: vec2u, block: u32) -> vec4f {
  return x;
}

fn gradient_block(draw: vec2u, key: u32, step: u32, index: u32, block: u32) -> vec4f {
  return sample_block(draw, key, step, index, block);
}
