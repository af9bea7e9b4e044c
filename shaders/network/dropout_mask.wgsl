// What a dropout multiplies four activations by, twin of isKept in src/models/float64/arithmetic.ts. By lane number, the
// key of its masks.

@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(1) var<storage, read> dropout_keys: array<u32>;

fn dropout_factor(lane: u32, sample: u32, block: u32) -> vec4f {
  let words = mix_words(vec4u(dropout_keys[lane], work.from_step, sample, (LAYER << 24u) | block));
  return select(vec4f(), vec4f(SCALE), words >= vec4u(THRESHOLD));
}
