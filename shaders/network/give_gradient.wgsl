// How a gradient reaches the tensor x it is of, by Unit: four numbers, or one. Where x is a positive part (RELU), nothing goes
// on to what was cut off; a tensor with several readers (ADD) sums what they give.

@group(0) @binding(6) var<storage, read> x: array<Unit>;
@group(0) @binding(8) var<storage, read_write> dx: array<Unit>;

fn give_gradient(at: u32, gradient: Unit) {
  var value = Unit();
  if (RELU) {
    value = x[at];
  }
  give_gradient_of(at, value, gradient);
}

// The same where `value`, which is x[at], is known.
fn give_gradient_of(at: u32, value: Unit, gradient: Unit) {
  var given = gradient;
  if (RELU) {
    given = select(Unit(), gradient, value > Unit());
  }
  if (ADD) {
    given += dx[at];
  }
  dx[at] = given;
}
