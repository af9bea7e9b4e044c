// Where the numbers of a layer lie among those of a lane, in blocks of four. Bound, not written into the program, so that
// layers of one shape share it.

struct Layer {
  // Weights, or scales, and biases, or shifts.
  weights: u32,
  bias: u32,
  // Running mean and variance.
  mean: u32,
  variance: u32,
}

@group(0) @binding(10) var<uniform> layer: Layer;
