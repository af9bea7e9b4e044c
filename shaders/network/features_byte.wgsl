// Features as bytes, four to a word, rows filled up to ROW whole words. The number of a byte of channel c is byte × scale +
// shift of that channel.

@group(0) @binding(3) var<storage, read> features: array<u32>;
// Scales of the channels c, c + 1, c + 2, c + 3 (counted round) for each channel c, then their shifts.
@group(0) @binding(7) var<storage, read> channel_levels: array<vec4f>;

struct Levels {
  scale: vec4f,
  shift: vec4f,
}

// Of numbers number .. number + 3.
fn levels_of(number: u32) -> Levels {
  let channel = number % BYTE_CHANNELS;
  return Levels(channel_levels[channel], channel_levels[BYTE_CHANNELS + channel]);
}

fn leveled(bytes: vec4f, levels: Levels) -> vec4f {
  return bytes * levels.scale + levels.shift;
}

fn stored_number(row: u32, number: u32) -> f32 {
  return f32((features[row * ROW + number / 4u] >> (8u * (number % 4u))) & 255u);
}

// Bytes number .. number + 3 of a row.
fn stored_block(row: u32, number: u32) -> vec4f {
  let at = row * ROW + number / 4u;
  var word = features[at];
  if (!ALIGNED) {
    // The four bytes may lie in two words; shifted in two parts, for a shift by 32 is none.
    let shift = 8u * (number % 4u);
    word = (word >> shift) | ((features[at + 1u] << (24u - shift)) << 8u);
  }
  return vec4f((vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u));
}
