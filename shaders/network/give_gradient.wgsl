// How a gradient reaches the tensor x it is of. Where x is a positive part (RELU), nothing goes on to what was cut off; a
// tensor with several readers (ADD) sums what they give.

@group(0) @binding(6) var<storage, read> x: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> dx: array<vec4f>;

fn give_gradient(at: u32, gradient: vec4f) {
  var given = gradient;
  if (RELU) {
    given = select(vec4f(), gradient, x[at] > vec4f());
  }
  if (ADD) {
    given += dx[at];
  }
  dx[at] = given;
}
