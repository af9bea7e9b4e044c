// Heavy ball. Slots: x = w, y = the previous w. Coefficients: [eta, gamma].

fn heavy_ball_at(c: Coefficients, t: u32) -> Coefficients {
  return c;
}

fn heavy_ball_step(s: Slots, g: vec4f, c: Coefficients) -> Slots {
  let next = s.x - c.a.x * g + c.a.y * (s.x - s.y);
  return Slots(next, s.x, s.z);
}
