// Softmax cross-entropy of one sample, its gradient with respect to the outputs, and whether the class was found. The
// wanted class is the x of the sample's only target block.

struct SampleLoss {
  loss: f32,
  // 1 where the class was found.
  found: f32,
  // The largest output, and the sum of the exponentials beneath it.
  top: f32,
  total: f32,
}

fn sample_loss(sample: u32, wanted_sample: u32) -> SampleLoss {
  let target_class = u32(wanted[wanted_sample].x);
  let base = sample * OUTPUT_BLOCKS;
  var top = -3.4e38;
  var best = 0u;
  for (var j = 0u; j < OUTPUTS; j++) {
    let value = z[base + j / 4u][j % 4u];
    if (value > top) {
      top = value;
      best = j;
    }
  }
  var total = 0.0;
  for (var j = 0u; j < OUTPUTS; j++) {
    total += exp(z[base + j / 4u][j % 4u] - top);
  }
  let loss = log(total) + top - z[base + target_class / 4u][target_class % 4u];
  return SampleLoss(loss, select(0.0, 1.0, best == target_class), top, total);
}

fn output_gradient(sample: u32, wanted_sample: u32, block: u32, loss: SampleLoss) -> vec4f {
  let target_class = u32(wanted[wanted_sample].x);
  let columns = 4u * block + vec4u(0u, 1u, 2u, 3u);
  let probability = exp(z[sample * OUTPUT_BLOCKS + block] - loss.top) / loss.total;
  let rest = probability - select(vec4f(), vec4f(1.0), columns == vec4u(target_class));
  return select(vec4f(), rest, columns < vec4u(OUTPUTS));
}
