/**
 * One thread of tuned JavaScript on Float32Array: convolutions as products with laid-out windows, products four rows at a
 * time, so that each load of a weight serves four multiply-adds.
 */
import { numbersOf } from '../../src/data/features';
import type { Shape } from '../../src/models/network';
import type { Trial } from '../contestant';
import { cheapRows, networkLosses, pack, twinRows, unpack, type LayerValues, type Rows } from './layout';
import { startOf, type NetworkTask, type WeightedLayer } from './task';

type Numbers = Float32Array;

export function javascriptNetwork(task: NetworkTask): Trial {
  const nets = task.lanes.map((_, lane) => new PlainNetwork(task, lane));
  const run = (steps: number, rows: Rows): void => {
    for (const net of nets) net.restart();
    for (let t = 0; t < steps; t++) {
      const drawn = rows(t);
      for (const net of nets) net.step(drawn);
    }
  };
  return {
    losses: (steps) => {
      run(steps, twinRows(task));
      return Promise.resolve(
        networkLosses(
          task,
          nets.map((net) => net.weights()),
        ),
      );
    },
    time: (steps) => {
      const start = performance.now();
      run(steps, cheapRows(task));
      return Promise.resolve(performance.now() - start);
    },
    close: () => undefined,
  };
}

/** One piece of the network: from `x` to `y` of so many numbers a sample, and back. */
interface Piece {
  readonly y: Numbers;
  /** Gradient with respect to y. */
  readonly dy: Numbers;
  forward(x: Numbers): void;
  /** `dx` is overwritten; undefined where nothing depends on x. */
  backward(x: Numbers, dx: Numbers | undefined): void;
}

interface State {
  readonly layer: LayerValues;
  readonly iterate: LayerValues;
  readonly gradient: LayerValues;
}

const zeros = ({ weights, bias }: LayerValues): LayerValues => ({
  weights: new Float32Array(weights.length),
  bias: new Float32Array(bias.length),
});

class PlainNetwork {
  readonly #task: NetworkTask;
  readonly #lane: number;
  readonly #states: readonly State[];
  readonly #pieces: readonly Piece[];
  readonly #input: Numbers;

  constructor(task: NetworkTask, lane: number) {
    this.#task = task;
    this.#lane = lane;
    const { batch, objective } = task;
    const { network } = objective;
    const states = unpack(network, startOf(task)).map((layer): State => ({
      layer,
      iterate: zeros(layer),
      gradient: zeros(layer),
    }));
    this.#states = states;
    let place = 0;
    this.#pieces = network.operations.map((op): Piece => {
      const [from, to] = [network.tensors[op.input]!, network.tensors[op.output]!];
      if (op.kind === 'dense' || op.kind === 'convolution') return weighted(op, states[place++]!, batch, from, to);
      if (op.kind === 'relu') return relu(batch * volume(to));
      if (op.kind === 'max-pool') return maxPool(batch, from, to);
      throw new Error(`no task has a layer "${op.kind}"`);
    });
    this.#input = new Float32Array(batch * volume(network.tensors[0]!));
  }

  restart(): void {
    unpack(this.#task.objective.network, startOf(this.#task)).forEach(({ weights, bias }, k) => {
      const { layer, iterate } = this.#states[k]!;
      for (const { weights: w, bias: b } of [layer, iterate]) {
        w.set(weights);
        b.set(bias);
      }
    });
  }

  step(drawn: Int32Array): void {
    const { objective, batch, steps } = this.#task;
    const { features, targets } = objective.rows;
    const width = this.#input.length / batch;
    drawn.forEach((row, i) => {
      this.#input.set(numbersOf(features, row * width, (row + 1) * width), i * width);
    });
    const pieces = this.#pieces;
    pieces.forEach((piece, k) => {
      piece.forward(pieces[k - 1]?.y ?? this.#input);
    });
    const { y, dy } = pieces.at(-1)!;
    crossEntropyGradient(y, dy, objective.network.outputs, drawn, targets);
    for (let k = pieces.length - 1; k >= 0; k--)
      pieces[k]!.backward(pieces[k - 1]?.y ?? this.#input, pieces[k - 1]?.dy);
    const { eta1, eta2, gamma } = steps[this.#lane]!;
    for (const { layer, iterate, gradient } of this.#states) {
      move(layer.weights, iterate.weights, gradient.weights, eta1, eta2, gamma);
      move(layer.bias, iterate.bias, gradient.bias, eta1, eta2, gamma);
    }
  }

  weights(): Float64Array {
    return pack(
      this.#task.objective.network,
      this.#states.map(({ iterate }) => iterate),
    );
  }
}

const volume = ({ height, width, channels }: Shape): number => height * width * channels;

function move(u: Numbers, w: Numbers, g: Numbers, eta1: number, eta2: number, gamma: number): void {
  for (let k = 0; k < u.length; k++) {
    const next = u[k]! - eta1 * g[k]!;
    u[k] = (1 + gamma) * next - gamma * w[k]! + eta2 * g[k]!;
    w[k] = next;
  }
}

function crossEntropyGradient(z: Numbers, dz: Numbers, classes: number, drawn: Int32Array, targets: Numbers): void {
  const m = drawn.length;
  for (let i = 0; i < m; i++) {
    const o = i * classes;
    let largest = -Infinity;
    for (let j = 0; j < classes; j++) largest = Math.max(largest, z[o + j]!);
    let sum = 0;
    for (let j = 0; j < classes; j++) sum += dz[o + j] = Math.exp(z[o + j]! - largest);
    for (let j = 0; j < classes; j++) dz[o + j]! /= sum * m;
    dz[o + targets[drawn[i]!]!]! -= 1 / m;
  }
}

/** A dense layer is a convolution whose windows are the inputs themselves. */
function weighted(op: WeightedLayer, { layer, gradient }: State, batch: number, from: Shape, to: Shape): Piece {
  const { taps, inputs, outputs } = op.weights;
  const rows = batch * to.height * to.width;
  const inner = taps * inputs;
  const windows = op.kind === 'convolution' && op.size > 1 ? new Float32Array(rows * inner) : undefined;
  const y = new Float32Array(rows * outputs);
  const dy = new Float32Array(rows * outputs);
  return {
    y,
    dy,
    forward: (x) => {
      if (windows) layOut(x, windows, batch, from, false);
      product(windows ?? x, layer.weights, y, rows, outputs, inner);
      for (let i = 0; i < rows; i++) for (let o = 0; o < outputs; o++) y[i * outputs + o]! += layer.bias[o]!;
    },
    backward: (x, dx) => {
      transposedProduct(windows ?? x, dy, gradient.weights, inner, outputs, rows);
      gradient.bias.fill(0);
      for (let i = 0; i < rows; i++) for (let o = 0; o < outputs; o++) gradient.bias[o]! += dy[i * outputs + o]!;
      if (!dx) return;
      productWithTransposed(dy, layer.weights, windows ?? dx, rows, inner, outputs);
      if (windows) layOut(dx, windows, batch, from, true);
    },
  };
}

function relu(count: number): Piece {
  const y = new Float32Array(count);
  const dy = new Float32Array(count);
  return {
    y,
    dy,
    forward: (x) => {
      for (let k = 0; k < count; k++) y[k] = x[k]! > 0 ? x[k]! : 0;
    },
    backward: (_, dx) => {
      if (dx) for (let k = 0; k < count; k++) dx[k] = y[k]! > 0 ? dy[k]! : 0;
    },
  };
}

function maxPool(batch: number, { height, width, channels }: Shape, to: Shape): Piece {
  const count = batch * volume(to);
  const y = new Float32Array(count);
  const dy = new Float32Array(count);
  const winners = new Uint32Array(count);
  return {
    y,
    dy,
    forward: (x) => {
      let at = 0;
      for (let image = 0; image < batch; image++)
        for (let h = 0; h < to.height; h++)
          for (let v = 0; v < to.width; v++) {
            const corner = ((image * height + 2 * h) * width + 2 * v) * channels;
            for (let c = corner; c < corner + channels; c++) {
              let best = c;
              if (x[c + channels]! > x[best]!) best = c + channels;
              const below = c + width * channels;
              if (x[below]! > x[best]!) best = below;
              if (x[below + channels]! > x[best]!) best = below + channels;
              y[at] = x[best]!;
              winners[at++] = best;
            }
          }
    },
    backward: (_, dx) => {
      if (!dx) return;
      dx.fill(0);
      for (let k = 0; k < count; k++) dx[winners[k]!] = dy[k]!;
    },
  };
}

/** The 3 × 3 windows of images, one a row, zero outside; or back (`add`), where a pixel sums what its windows hold. */
function layOut(x: Numbers, windows: Numbers, batch: number, { height, width, channels }: Shape, add: boolean): void {
  if (add) x.fill(0);
  let at = 0;
  for (let image = 0; image < batch; image++)
    for (let h = 0; h < height; h++)
      for (let v = 0; v < width; v++)
        for (let row = h - 1; row <= h + 1; row++)
          for (let column = v - 1; column <= v + 1; column++) {
            const from = ((image * height + row) * width + column) * channels;
            const inside = row >= 0 && row < height && column >= 0 && column < width;
            if (!inside) {
              if (!add) windows.fill(0, at, at + channels);
            } else if (add) for (let c = 0; c < channels; c++) x[from + c]! += windows[at + c]!;
            else for (let c = 0; c < channels; c++) windows[at + c] = x[from + c]!;
            at += channels;
          }
}

/** C = A B: A is m × k, B k × n, all row-major. */
function product(A: Numbers, B: Numbers, C: Numbers, m: number, n: number, k: number): void {
  C.fill(0);
  byFours(A, B, C, m, n, k, k, 1);
}

/** C = Aᵀ B: A is k × m. */
function transposedProduct(A: Numbers, B: Numbers, C: Numbers, m: number, n: number, k: number): void {
  C.fill(0);
  byFours(A, B, C, m, n, k, 1, m);
}

/** Adds to C the product of B and the matrix that has A's entry at `row * i + column * p` in row i and column p. */
function byFours(
  A: Numbers,
  B: Numbers,
  C: Numbers,
  m: number,
  n: number,
  k: number,
  row: number,
  column: number,
): void {
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    const c0 = i * n;
    const c1 = c0 + n;
    const c2 = c1 + n;
    const c3 = c2 + n;
    for (let p = 0; p < k; p++) {
      const a = row * i + column * p;
      const a0 = A[a]!;
      const a1 = A[a + row]!;
      const a2 = A[a + 2 * row]!;
      const a3 = A[a + 3 * row]!;
      const b = p * n;
      for (let j = 0; j < n; j++) {
        const value = B[b + j]!;
        C[c0 + j]! += a0 * value;
        C[c1 + j]! += a1 * value;
        C[c2 + j]! += a2 * value;
        C[c3 + j]! += a3 * value;
      }
    }
  }
  for (; i < m; i++)
    for (let p = 0; p < k; p++) {
      const a = A[row * i + column * p]!;
      for (let j = 0; j < n; j++) C[i * n + j]! += a * B[p * n + j]!;
    }
}

/** C = A Bᵀ: A is m × k, B n × k. */
function productWithTransposed(A: Numbers, B: Numbers, C: Numbers, m: number, n: number, k: number): void {
  let i = 0;
  for (; i + 4 <= m; i += 4)
    for (let j = 0; j < n; j++) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      const b = j * k;
      const a0 = i * k;
      const a1 = a0 + k;
      const a2 = a1 + k;
      const a3 = a2 + k;
      for (let p = 0; p < k; p++) {
        const value = B[b + p]!;
        s0 += A[a0 + p]! * value;
        s1 += A[a1 + p]! * value;
        s2 += A[a2 + p]! * value;
        s3 += A[a3 + p]! * value;
      }
      const c = i * n + j;
      C[c] = s0;
      C[c + n] = s1;
      C[c + 2 * n] = s2;
      C[c + 3 * n] = s3;
    }
  for (; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += A[i * k + p]! * B[j * k + p]!;
      C[i * n + j] = sum;
    }
}
