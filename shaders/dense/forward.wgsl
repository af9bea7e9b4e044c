// y = x W + b, or its positive part. One invocation works out ROWS samples by COLUMNS blocks of four outputs of one lane.

@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(2) var<storage, read> state: array<vec4f>;
@group(0) @binding(6) var<storage, read> x: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let tile = tile_at(invocation_index(id, size));
  if (!tile.wanted) {
    return;
  }
  let weights = weights_of(tile.lane) + layer.weights;
  let bias = weights_of(tile.lane) + layer.bias;
  let first = select(tile.place * BATCH, first_input(tile.place), FROM_INPUTS);
  //#for r in ROWS
  let x_$r = (first + min(tile.row + $ru, BATCH - 1u)) * INPUT_BLOCKS;
  //#end
  //#for c in COLUMNS
  let w_$c = weights + min(tile.column + $cu, OUTPUT_BLOCKS - 1u);
  let b_$c = state[bias + min(tile.column + $cu, OUTPUT_BLOCKS - 1u)];
  //#for r in ROWS
  var y_$r_$c = b_$c;
  //#end
  //#end
  for (var k = 0u; k < INPUT_BLOCKS; k++) {
    let at = 4u * k * OUTPUT_BLOCKS;
    //#for c in COLUMNS
    let p_$c = state[w_$c + at];
    let q_$c = state[w_$c + at + OUTPUT_BLOCKS];
    let s_$c = state[w_$c + at + 2u * OUTPUT_BLOCKS];
    let t_$c = state[w_$c + at + 3u * OUTPUT_BLOCKS];
    //#end
    //#for r in ROWS
    let v_$r = x[x_$r + k];
    //#for c in COLUMNS
    y_$r_$c += v_$r.x * p_$c + v_$r.y * q_$c + v_$r.z * s_$c + v_$r.w * t_$c;
    //#end
    //#end
  }
  //#for r in ROWS
  if (tile.row + $ru < BATCH) {
    let at = (tile.place * BATCH + tile.row + $ru) * OUTPUT_BLOCKS;
    //#for c in COLUMNS
    if (tile.column + $cu < OUTPUT_BLOCKS) {
      y[at + tile.column + $cu] = select(y_$r_$c, max(y_$r_$c, vec4f()), RELU);
    }
    //#end
  }
  //#end
}
