// Nesterov SGD. Slots: x = u (query point), y = w. Coefficients: [eta, gamma].

fn nesterov_at(c: Coefficients, t: u32) -> Coefficients {
  return c;
}

fn nesterov_step(s: Slots, g: vec4f, c: Coefficients) -> Slots {
  let next = s.x - c.a.x * g;
  return Slots((1.0 + c.a.y) * next - c.a.y * s.y, next, s.z);
}
