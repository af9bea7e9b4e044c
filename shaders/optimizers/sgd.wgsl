// SGD. Slots: x = w. Coefficients: [eta].

fn sgd_at(c: Coefficients, t: u32) -> Coefficients {
  return c;
}

fn sgd_step(s: Slots, g: vec4f, c: Coefficients) -> Slots {
  return Slots(s.x - c.a.x * g, s.y, s.z);
}
