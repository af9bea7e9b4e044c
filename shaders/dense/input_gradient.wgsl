// dx = dy Wᵀ. One invocation works out ROWS samples by COLUMNS blocks of four inputs of one lane.

@group(0) @binding(2) var<storage, read> state: array<vec4f>;
@group(0) @binding(7) var<storage, read> dy: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let tile = tile_at(invocation_index(id, size));
  if (!tile.wanted) {
    return;
  }
  let weights = slot_offset(tile.lane, 0u) + layer.weights;
  //#for r in ROWS
  let d_$r = (tile.place * BATCH + min(tile.row + $ru, BATCH - 1u)) * OUTPUT_BLOCKS;
  //#end
  //#for c in COLUMNS
  let w_$c = weights + 4u * min(tile.column + $cu, INPUT_BLOCKS - 1u) * OUTPUT_BLOCKS;
  //#for r in ROWS
  var g_$r_$c = vec4f();
  //#end
  //#end
  for (var k = 0u; k < OUTPUT_BLOCKS; k++) {
    //#for c in COLUMNS
    let p_$c = state[w_$c + k];
    let q_$c = state[w_$c + OUTPUT_BLOCKS + k];
    let s_$c = state[w_$c + 2u * OUTPUT_BLOCKS + k];
    let t_$c = state[w_$c + 3u * OUTPUT_BLOCKS + k];
    //#end
    //#for r in ROWS
    let v_$r = dy[d_$r + k];
    //#for c in COLUMNS
    g_$r_$c += vec4f(dot(v_$r, p_$c), dot(v_$r, q_$c), dot(v_$r, s_$c), dot(v_$r, t_$c));
    //#end
    //#end
  }
  //#for r in ROWS
  if (tile.row + $ru < BATCH) {
    let at = (tile.place * BATCH + tile.row + $ru) * INPUT_BLOCKS;
    //#for c in COLUMNS
    if (tile.column + $cu < INPUT_BLOCKS) {
      give_gradient(at + tile.column + $cu, g_$r_$c);
    }
    //#end
  }
  //#end
}
