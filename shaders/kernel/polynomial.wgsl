// k(x, z) = <x, z>^degree of unit vectors.

fn kernel_terms(x: vec4f, z: vec4f) -> vec4f {
  return x * z;
}

// pow is not for negative numbers.
fn kernel_of_sums(sums: vec4f) -> vec4f {
  var value = sums;
  for (var k = 1u; k < kernel.degree; k++) {
    value *= sums;
  }
  return value;
}
