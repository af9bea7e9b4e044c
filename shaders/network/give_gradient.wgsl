// How a gradient reaches the tensor x it is of, by Unit: four numbers, or one. Where x is a positive part (RELU), nothing goes
// on to what was cut off; a tensor with several readers (ADD) sums what they give.

@group(0) @binding(6) var<storage, read> x: array<Unit>;
@group(0) @binding(8) var<storage, read_write> dx: array<Unit>;

fn give_gradient(at: u32, gradient: Unit) {
  var given = gradient;
  if (RELU) {
    given = select(Unit(), gradient, x[at] > Unit());
  }
  if (ADD) {
    given += dx[at];
  }
  dx[at] = given;
}
