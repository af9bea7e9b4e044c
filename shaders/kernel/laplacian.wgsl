// k(x, z) = exp(-scale ||x - z||).

fn kernel_terms(x: vec4f, z: vec4f) -> vec4f {
  let difference = x - z;
  return difference * difference;
}

fn kernel_of_sums(sums: vec4f) -> vec4f {
  return exp(-kernel.scale * sqrt(sums));
}
