// Nesterov SGD. Slots: x = u (query point), y = w. Coefficients: [eta, gamma].

fn nesterov_at(c: Coefficients, t: u32) -> Coefficients {
  return c;
}

fn nesterov_step(s: Slots, g: vec4f, c: Coefficients) -> Slots {
  let next = s.x - c.a.x * g;
  // Not (1 + gamma) next - gamma w: where 1 + gamma is rounded, that moves what no gradient moves.
  return Slots(next + c.a.y * (next - s.y), next, s.z);
}
