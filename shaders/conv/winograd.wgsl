// Convolutions of 3 x 3 taps as products of transformed tiles: F(4 x 4, 3 x 3) of Winograd (Lavin & Gray, arXiv 1509.09308).
// 4 x 4 outputs take 36 multiplications a pair of channels instead of 144. A tile is the values of a polynomial at the points
// 0, ±3/4, ±3/2 and infinity: of those that are exact in binary they lose least to rounding, about half of what the points
// 0, ±1, ±2 lose. Each function does one dimension.

// A point, and its square.
const P = 0.75;
const P2 = 0.5625;
const Q = 1.5;
const Q2 = 2.25;
// What Lagrange's basis divides by at 0, ±P and ±Q.
const OF_0 = P2 * Q2;
const OF_P = 2.0 * P2 * (P2 - Q2);
const OF_Q = 2.0 * Q2 * (Q2 - P2);

alias Three = array<f32, 3>;
alias Four = array<f32, 4>;
alias Six = array<f32, 6>;

// Inputs that a tile reaches.
fn input_line(d: Six) -> Six {
  let even_p = d[4] - Q2 * d[2];
  let odd_p = P * (d[3] - Q2 * d[1]);
  let even_q = d[4] - P2 * d[2];
  let odd_q = Q * (d[3] - P2 * d[1]);
  return Six(
    d[4] - (P2 + Q2) * d[2] + P2 * Q2 * d[0],
    even_p + odd_p,
    even_p - odd_p,
    even_q + odd_q,
    even_q - odd_q,
    d[5] - (P2 + Q2) * d[3] + P2 * Q2 * d[1],
  );
}

fn weights_line(g: Three) -> Six {
  let even_p = (g[0] + P2 * g[2]) * (1.0 / OF_P);
  let odd_p = g[1] * (P / OF_P);
  let even_q = (g[0] + Q2 * g[2]) * (1.0 / OF_Q);
  let odd_q = g[1] * (Q / OF_Q);
  return Six(g[0] * (1.0 / OF_0), even_p + odd_p, even_p - odd_p, even_q + odd_q, even_q - odd_q, g[2]);
}

// Outputs of a tile, from the products.
fn output_line(m: Six) -> Four {
  let even_p = m[1] + m[2];
  let odd_p = P * (m[1] - m[2]);
  let even_q = m[3] + m[4];
  let odd_q = Q * (m[3] - m[4]);
  return Four(
    m[0] + even_p + even_q,
    odd_p + odd_q,
    P2 * even_p + Q2 * even_q,
    P2 * odd_p + Q2 * odd_q + m[5],
  );
}

// Gradients with respect to the products, from those of a tile's outputs: the transpose of output_line.
fn output_gradient_line(d: Four) -> Six {
  let even_p = d[0] + P2 * d[2];
  let odd_p = P * (d[1] + P2 * d[3]);
  let even_q = d[0] + Q2 * d[2];
  let odd_q = Q * (d[1] + Q2 * d[3]);
  return Six(d[0], even_p + odd_p, even_p - odd_p, even_q + odd_q, even_q - odd_q, d[3]);
}

// Gradients of the weights, from those of the transformed ones: the transpose of weights_line.
fn weight_gradient_line(m: Six) -> Three {
  let even_p = (m[1] + m[2]) * (1.0 / OF_P);
  let odd_p = (m[1] - m[2]) * (P / OF_P);
  let even_q = (m[3] + m[4]) * (1.0 / OF_Q);
  let odd_q = (m[3] - m[4]) * (Q / OF_Q);
  return Three(m[0] * (1.0 / OF_0) + even_p + even_q, odd_p + odd_q, P2 * even_p + Q2 * even_q + m[5]);
}
