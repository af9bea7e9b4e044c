// Counter-based randomness, twin of src/random/random.ts: every draw is a pure function of its counters.
// Mixer: pcg4d (Jarzynski & Olano, "Hash Functions for GPU Rendering", JCGT 2020).

const MULTIPLIER = 1664525u;
const INCREMENT = 1013904223u;

fn mix_words(counters: vec4u) -> vec4u {
  var v = counters * MULTIPLIER + INCREMENT;
  v.x += v.y * v.w;
  return finish_words(v);
}

// What the words of one step have in common, worked out once: mix_words up to where `index` comes in.
struct StepWords {
  x: u32,
  y: u32,
}

fn words_of_step(key: u32, step: u32) -> StepWords {
  let y = step * MULTIPLIER + INCREMENT;
  return StepWords(key * MULTIPLIER + INCREMENT + y * INCREMENT, y);
}

// mix_words(vec4u(key, step, index, 0)).
fn words_of_sample(shared_words: StepWords, index: u32) -> vec4u {
  return finish_words(vec4u(shared_words.x, shared_words.y, index * MULTIPLIER + INCREMENT, INCREMENT));
}

fn finish_words(start: vec4u) -> vec4u {
  var v = start;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  v ^= v >> vec4u(16u);
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  return v;
}

// The high 32 bits of word * n: a word scaled to 0 .. n - 1.
fn scale_word(word: u32, n: u32) -> u32 {
  let low = word & 0xffffu;
  let high = word >> 16u;
  let n_low = n & 0xffffu;
  let n_high = n >> 16u;
  let middle = high * n_low + ((low * n_low) >> 16u);
  let carry = (middle & 0xffffu) + low * n_high;
  return high * n_high + (middle >> 16u) + (carry >> 16u);
}

// The same for n below 65,536, at half the cost.
fn scale_word_short(word: u32, n: u32) -> u32 {
  return ((word >> 16u) * n + (((word & 0xffffu) * n) >> 16u)) >> 16u;
}

// ln(u) for u in (0, 1], accurate near 1 (the built-in's absolute error is not) and equal on every adapter.
fn natural_log(u: f32) -> f32 {
  let bits = bitcast<u32>(u);
  let fraction = bitcast<f32>((bits & 0x7fffffu) | 0x3f000000u);
  let small = fraction < 0.70710678;
  let m = select(fraction, 2.0 * fraction, small);
  let e = f32(i32(bits >> 23u) - 126 - select(0, 1, small));
  let s = (m - 1.0) / (m + 1.0);
  let q = s * s;
  let series = 2.0 * s * (1.0 + q * (1.0 / 3.0 + q * (0.2 + q * (1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0))))));
  return e * 0.69314718 + series;
}

// An integer as the nearest float. A conversion may round either way; a sum of two exact ones rounds to the nearest.
fn nearest_float(value: i32) -> f32 {
  return f32(value >> 8u) * 256.0 + f32(value & 0xff);
}

// Two independent standard normals from two words (Box-Muller).
fn normal_pair(first: u32, second: u32) -> vec2f {
  let uniform_value = (f32(first >> 8u) * 256.0 + f32(first & 0xffu) + 1.0) * 2.3283064365386963e-10;
  let radius = sqrt(max(0.0, -2.0 * natural_log(uniform_value)));
  // Within +-pi/4 of the middle of a quadrant short Taylor polynomials are exact to float32.
  let a = nearest_float(i32(second & 0x3fffffffu) - 0x20000000) * 1.4629180792671596e-9;
  let q = a * a;
  let cosine = 1.0 + q * (-0.5 + q * (1.0 / 24.0 + q * (-1.0 / 720.0 + q * (1.0 / 40320.0 - q * (1.0 / 3628800.0)))));
  let sine = a * (1.0 + q * (-1.0 / 6.0 + q * (1.0 / 120.0 + q * (-1.0 / 5040.0 + q * (1.0 / 362880.0)))));
  let quadrant = second >> 30u;
  let swapped = (quadrant & 1u) == 1u;
  let x = select(cosine, -sine, swapped);
  let y = select(sine, cosine, swapped);
  return radius * select(vec2f(x, y), -vec2f(x, y), quadrant >= 2u);
}

// Four standard normals: coordinates 4 block .. 4 block + 3 of sample `index` of step `step`.
fn normal_block(key: u32, step: u32, index: u32, block: u32) -> vec4f {
  let words = mix_words(vec4u(key, step, index, block));
  return vec4f(normal_pair(words.x, words.y), normal_pair(words.z, words.w));
}

// Row `index` of minibatch `step`, drawn with replacement from `count` rows.
fn row_with_replacement(key: u32, step: u32, index: u32, count: u32) -> u32 {
  return scale_word(mix_words(vec4u(key, step, index, 0u)).x, count);
}

fn scramble(x: u32, shift: u32, mask: u32, odd: u32, add: u32) -> u32 {
  return ((x ^ (x >> shift)) * (odd | 1u) + add) & mask;
}

// Row at `position` of the endless sequence of shuffled epochs over `count` rows.
fn row_of_epoch(key: u32, position: u32, count: u32) -> u32 {
  let epoch = position / count;
  let bits = select(32u - countLeadingZeros(count - 1u), 0u, count == 1u);
  let mask = select(0xffffffffu >> (32u - bits), 0u, bits == 0u);
  let shift = max(1u, bits >> 1u);
  let k0 = mix_words(vec4u(key, epoch, 0u, 0u));
  let k1 = mix_words(vec4u(key, epoch, 0u, 1u));
  let k2 = mix_words(vec4u(key, epoch, 0u, 2u));
  let k3 = mix_words(vec4u(key, epoch, 0u, 3u));
  var x = position - epoch * count;
  loop {
    x = scramble(x, shift, mask, k0.x, k0.y);
    x = scramble(x, shift, mask, k0.z, k0.w);
    x = scramble(x, shift, mask, k1.x, k1.y);
    x = scramble(x, shift, mask, k1.z, k1.w);
    x = scramble(x, shift, mask, k2.x, k2.y);
    x = scramble(x, shift, mask, k2.z, k2.w);
    x = scramble(x, shift, mask, k3.x, k3.y);
    x = scramble(x, shift, mask, k3.z, k3.w);
    if (x < count) {
      break;
    }
  }
  return x;
}
