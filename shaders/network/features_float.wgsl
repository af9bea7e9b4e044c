// Features as numbers, ROW of them a row.

@group(0) @binding(3) var<storage, read> features: array<f32>;

// Nothing needs to be done to them.
alias Levels = u32;

fn levels_of(number: u32) -> Levels {
  return 0u;
}

fn leveled(values: vec4f, levels: Levels) -> vec4f {
  return values;
}

fn stored_number(row: u32, number: u32) -> f32 {
  return features[row * ROW + number];
}

// Numbers number .. number + 3 of a row. Where a pixel has fewer channels, those that it lacks are not read.
fn stored_block(row: u32, number: u32) -> vec4f {
  let at = row * ROW + number;
  var block = vec4f(features[at], 0.0, 0.0, 0.0);
  if (CHANNELS > 1u) {
    block.y = features[at + 1u];
  }
  if (CHANNELS > 2u) {
    block.z = features[at + 2u];
  }
  if (CHANNELS > 3u) {
    block.w = features[at + 3u];
  }
  return block;
}
