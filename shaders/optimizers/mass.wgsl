// MaSS. Slots: x = u (query point), y = w. Coefficients: [eta1, gamma, eta2].

fn mass_at(c: Coefficients, t: u32) -> Coefficients {
  return c;
}

fn mass_step(s: Slots, g: vec4f, c: Coefficients) -> Slots {
  let next = s.x - c.a.x * g;
  return Slots((1.0 + c.a.y) * next - c.a.y * s.y + c.a.z * g, next, s.z);
}
