// Reads of rows in no order, as steps make them: how long they take tells where rows had better lie.

@group(0) @binding(0) var<storage, read_write> sums: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  var sum = vec4f();
  var row = id.x;
  for (var k = 0u; k < ROUNDS; k++) {
    row = (row * 5u + 1u) & (STORED_ROWS - 1u);
    //#for b in BLOCKS
    sum += row_block(row, $bu);
    //#end
  }
  sums[id.x] = sum;
}
