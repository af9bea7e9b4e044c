// Transforms the weights of all members; for the input's gradient (FLIPPED) turned by half a turn, with inputs and outputs
// exchanged. One invocation a pair of channels.

@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(2) var<storage, read> state: array<f32>;
@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(8) var<storage, read_write> transformed: array<f32>;

const PAIRS = 16u * INPUT_BLOCKS * OUTPUT_BLOCKS;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let pair = index % PAIRS;
  let place = index / PAIRS;
  if (place >= arrayLength(&members)) {
    return;
  }
  let lane = members[place];
  if (alive[lane] == 0u) {
    return;
  }
  let exchanged = (pair % (4u * INPUT_BLOCKS)) * 4u * OUTPUT_BLOCKS + pair / (4u * INPUT_BLOCKS);
  let weights = 4u * (weights_of(lane) + layer.weights) + select(pair, exchanged, FLIPPED);
  //#for r in THREE
  let line_$r = weights_line(Three(
    //#for c in THREE
    state[weights + select(3u * $ru + $cu, 8u - (3u * $ru + $cu), FLIPPED) * PAIRS],
    //#end
  ));
  //#end
  //#for c in SIX
  let column_$c = weights_line(Three(
    //#for r in THREE
    line_$r[$c],
    //#end
  ));
  //#for r in SIX
  transformed[(place * 36u + 6u * $ru + $cu) * (PAIRS + SPACING) + pair] = column_$c[$r];
  //#end
  //#end
}
