// MaSS. Slots: x = u (query point), y = w. Coefficients: [eta1, gamma, eta2].

fn mass_at(c: Coefficients, t: u32) -> Coefficients {
  return c;
}

fn mass_step(s: Slots, g: vec4f, c: Coefficients) -> Slots {
  let next = s.x - c.a.x * g;
  // Not (1 + gamma) next - gamma w: where 1 + gamma is rounded, that moves what no gradient moves.
  return Slots(next + c.a.y * (next - s.y) + c.a.z * g, next, s.z);
}
