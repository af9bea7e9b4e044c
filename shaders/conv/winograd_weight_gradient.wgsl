// The gradient of the weights from that of the transformed ones, and of the bias from the sums of tiles. One invocation a pair
// of channels, then one an output channel.

@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(6) var<storage, read> products: array<f32>;
@group(0) @binding(8) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(9) var<storage, read> sums: array<f32>;

const PAIRS = 16u * INPUT_BLOCKS * OUTPUT_BLOCKS;
const OUTPUTS = 4u * OUTPUT_BLOCKS;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let pair = index % (PAIRS + BIASES);
  let place = index / (PAIRS + BIASES);
  if (place >= arrayLength(&members)) {
    return;
  }
  let lane = members[place];
  if (alive[lane] == 0u) {
    return;
  }
  if (pair >= PAIRS) {
    let channel = pair - PAIRS;
    var sum = 0.0;
    for (var tile = 0u; tile < TILES; tile++) {
      sum += sums[(place * TILES + tile) * OUTPUTS + channel];
    }
    gradient[4u * (lane * BLOCKS + layer.bias) + channel] = sum;
    return;
  }
  //#for c in SIX
  let column_$c = weight_gradient_line(Six(
    //#for r in SIX
    products[(place * 36u + 6u * $ru + $cu) * (PAIRS + SPACING) + pair],
    //#end
  ));
  //#end
  let weights = 4u * (lane * BLOCKS + layer.weights) + pair;
  //#for r in THREE
  let line_$r = weight_gradient_line(Six(
    //#for c in SIX
    column_$c[$r],
    //#end
  ));
  //#for c in THREE
  gradient[weights + (3u * $ru + $cu) * PAIRS] = line_$r[$c];
  //#end
  //#end
}
