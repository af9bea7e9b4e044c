// Mean and variance of each channel over a minibatch from those of its parts (Chan, Golub & LeVeque 1979), and a step of the
// running ones towards them, towards the unbiased variance. One invocation a block of four channels.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(6) var<storage, read> parts: array<vec4f>;
// For each member and block the mean, then the variance.
@group(0) @binding(7) var<storage, read_write> moments: array<vec4f>;
// By lane.
@group(0) @binding(8) var<storage, read_write> statistics: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let block = index % CHANNEL_BLOCKS;
  let place = index / CHANNEL_BLOCKS;
  if (place >= arrayLength(&members)) {
    return;
  }
  let lane = members[place];
  if (alive[lane] == 0u) {
    return;
  }
  var count = 0.0;
  var mean = vec4f();
  var squares = vec4f();
  for (var part = 0u; part < PARTS; part++) {
    let at = 2u * ((place * PARTS + part) * CHANNEL_BLOCKS + block);
    let more = f32(part_start(part + 1u) - part_start(part));
    let all = count + more;
    let rest = parts[at] - mean;
    mean += rest * (more / all);
    squares += parts[at + 1u] + rest * rest * (count * more / all);
    count = all;
  }
  moments[2u * index] = mean;
  moments[2u * index + 1u] = squares / count;
  let running = lane * STATISTICS_BLOCKS + block;
  let unbiased = squares / max(count - 1.0, 1.0);
  let old_mean = statistics[running + layer.mean];
  let old_variance = statistics[running + layer.variance];
  statistics[running + layer.mean] = old_mean + MOMENTUM * (mean - old_mean);
  statistics[running + layer.variance] = old_variance + MOMENTUM * (unbiased - old_variance);
}
