// Statistics of a normalisation while training: the minibatch's.

@group(0) @binding(9) var<storage, read> moments: array<vec4f>;

fn mean_of(place: u32, block: u32) -> vec4f {
  return moments[2u * (place * CHANNEL_BLOCKS + block)];
}

fn deviation_of(place: u32, block: u32) -> vec4f {
  return sqrt(moments[2u * (place * CHANNEL_BLOCKS + block) + 1u] + EPSILON);
}
