// y = x W + b, or its positive part. One invocation works out ROWS samples by COLUMNS blocks of four outputs of one lane.

@group(0) @binding(1) var<storage, read> lanes: array<Lane>;
@group(0) @binding(2) var<storage, read> state: array<vec4f>;
@group(0) @binding(3) var<storage, read> alive: array<u32>;
@group(0) @binding(4) var<storage, read> members: array<u32>;
@group(0) @binding(6) var<storage, read> x: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  let index = invocation_index(id, size);
  let column = (index % COLUMN_TILES) * COLUMNS;
  let row = ((index / COLUMN_TILES) % ROW_TILES) * ROWS;
  let place = index / (COLUMN_TILES * ROW_TILES);
  if (place >= arrayLength(&members)) {
    return;
  }
  let lane = members[place];
  if (alive[lane] == 0u) {
    return;
  }
  let weights = weights_of(lane) + layer.weights;
  let bias = weights_of(lane) + layer.bias;
  let first = select(place * BATCH, first_input(place), FROM_INPUTS);
  //#for r in ROWS
  let x_$r = (first + min(row + $ru, BATCH - 1u)) * INPUT_BLOCKS;
  //#end
  //#for c in COLUMNS
  let w_$c = weights + min(column + $cu, OUTPUT_BLOCKS - 1u);
  let b_$c = state[bias + min(column + $cu, OUTPUT_BLOCKS - 1u)];
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
  if (row + $ru < BATCH) {
    let at = (place * BATCH + row + $ru) * OUTPUT_BLOCKS;
    //#for c in COLUMNS
    if (column + $cu < OUTPUT_BLOCKS) {
      y[at + column + $cu] = select(y_$r_$c, max(y_$r_$c, vec4f()), RELU);
    }
    //#end
  }
  //#end
}
