// The gradient of row i of a kernel is its residual times k(x_i, .), whose coefficients are those of a unit vector.

fn unit_block(row: u32, block: u32) -> vec4f {
  return select(vec4f(), vec4f(1.0), 4u * block + vec4u(0u, 1u, 2u, 3u) == vec4u(row));
}

fn gradient_of(x: vec4f, draw: vec2u, block: u32) -> vec4f {
  return unit_block(draw.x, block);
}

fn gradient_block(draw: vec2u, key: u32, step: u32, index: u32, block: u32) -> vec4f {
  return unit_block(draw.x, block);
}
