// Statistics of a normalisation in an evaluation: the lane's running ones.

@group(0) @binding(9) var<storage, read> statistics: array<vec4f>;

fn mean_of(place: u32, block: u32) -> vec4f {
  return statistics[members[place] * STATISTICS_BLOCKS + layer.mean + block];
}

fn deviation_of(place: u32, block: u32) -> vec4f {
  return sqrt(statistics[members[place] * STATISTICS_BLOCKS + layer.variance + block] + EPSILON);
}
