// Half the squared distance of one sample's outputs from its targets, and its gradient with respect to the outputs.

struct SampleLoss {
  loss: f32,
  // 1 where the class was found.
  found: f32,
  // The largest output, and the sum of the exponentials beneath it.
  top: f32,
  total: f32,
}

fn sample_loss(sample: u32, wanted_sample: u32) -> SampleLoss {
  var sum = 0.0;
  for (var block = 0u; block < OUTPUT_BLOCKS; block++) {
    let rest = z[sample * OUTPUT_BLOCKS + block] - wanted[wanted_sample * OUTPUT_BLOCKS + block];
    sum += dot(rest, rest);
  }
  return SampleLoss(0.5 * sum, 0.0, 0.0, 0.0);
}

fn output_gradient(sample: u32, wanted_sample: u32, block: u32, loss: SampleLoss) -> vec4f {
  return z[sample * OUTPUT_BLOCKS + block] - wanted[wanted_sample * OUTPUT_BLOCKS + block];
}
