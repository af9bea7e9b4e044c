// Adam. Slots: x = w, y = first moment, z = second moment.
// Coefficients: [eta, epsilon, 1 - beta1, 1 - beta2, ln beta1, ln beta2, correction1, correction2].

// 1 - exp(x) for x <= 0 without the cancellation at small |x|.
fn one_minus_exp(x: f32) -> f32 {
  let series = -x * (1.0 + x * (0.5 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x * (1.0 / 720.0))))));
  return select(1.0 - exp(x), series, x > -0.25);
}

fn adam_at(c: Coefficients, t: u32) -> Coefficients {
  let steps = f32(t);
  return Coefficients(c.a, vec4f(c.b.xy, one_minus_exp(steps * c.b.x), one_minus_exp(steps * c.b.y)));
}

fn adam_step(s: Slots, g: vec4f, c: Coefficients) -> Slots {
  let m = s.y + c.a.z * (g - s.y);
  let v = s.z + c.a.w * (g * g - s.z);
  return Slots(s.x - c.a.x * (m / c.b.z) / (sqrt(v / c.b.w) + c.a.y), m, v);
}
