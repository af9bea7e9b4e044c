// dW = xᵀ dy, and db, the sum of dy over the samples. One invocation works out ROWS blocks of four inputs by COLUMNS blocks
// of four outputs of one lane.

@group(0) @binding(6) var<storage, read> x: array<vec4f>;
@group(0) @binding(7) var<storage, read> dy: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> gradient: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let tile = tile_at(invocation_index(id, size));
  if (!tile.wanted) {
    return;
  }
  let inputs = select(tile.place * BATCH, first_input(tile.place), FROM_INPUTS) * INPUT_BLOCKS;
  let outputs = tile.place * BATCH * OUTPUT_BLOCKS;
  //#for r in ROWS
  let x_$r = inputs + min(tile.row + $ru, INPUT_BLOCKS - 1u);
  //#end
  //#for c in COLUMNS
  let d_$c = outputs + min(tile.column + $cu, OUTPUT_BLOCKS - 1u);
  var b_$c = vec4f();
  //#for r in ROWS
  var p_$r_$c = vec4f();
  var q_$r_$c = vec4f();
  var s_$r_$c = vec4f();
  var t_$r_$c = vec4f();
  //#end
  //#end
  for (var i = 0u; i < BATCH; i++) {
    //#for c in COLUMNS
    let v_$c = dy[d_$c + i * OUTPUT_BLOCKS];
    b_$c += v_$c;
    //#end
    //#for r in ROWS
    let u_$r = x[x_$r + i * INPUT_BLOCKS];
    //#for c in COLUMNS
    p_$r_$c += u_$r.x * v_$c;
    q_$r_$c += u_$r.y * v_$c;
    s_$r_$c += u_$r.z * v_$c;
    t_$r_$c += u_$r.w * v_$c;
    //#end
    //#end
  }
  let base = tile.lane * BLOCKS;
  //#for c in COLUMNS
  if (tile.column + $cu < OUTPUT_BLOCKS) {
    //#for r in ROWS
    if (tile.row + $ru < INPUT_BLOCKS) {
      let at = base + layer.weights + 4u * (tile.row + $ru) * OUTPUT_BLOCKS + tile.column + $cu;
      gradient[at] = p_$r_$c;
      gradient[at + OUTPUT_BLOCKS] = q_$r_$c;
      gradient[at + 2u * OUTPUT_BLOCKS] = s_$r_$c;
      gradient[at + 3u * OUTPUT_BLOCKS] = t_$r_$c;
    }
    //#end
    if (tile.row == 0u) {
      gradient[base + layer.bias + tile.column + $cu] = b_$c;
    }
  }
  //#end
}
