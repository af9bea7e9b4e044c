/** jax-js: a network as its operations, the whole step with its gather in one `jit`. Images are channels-first there. */
import type * as Jax from '@jax-js/jax';
import { numbersOf } from '../../src/data/features';
import type { Operation } from '../../src/models/network';
import { timed, Unable, type Trial } from '../contestant';
import { cheapRows, networkLosses, pack, twinRows, unpack, type LayerValues, type Rows } from './layout';
import { startOf, weightedLayers, type NetworkTask, type WeightedLayer } from './task';

export async function jaxNetwork(
  library: typeof Jax,
  device: 'webgpu' | 'wasm',
  task: NetworkTask,
): Promise<Trial | Unable> {
  if (task.lanes.length > 1) return new Unable('one lane at a time');
  const net = new JaxNetwork(library, task);
  const run = async (steps: number, rows: Rows): Promise<void> => {
    // Other contestants have set it to theirs.
    library.defaultDevice(device);
    net.restart();
    for (let t = 0; t < steps; t++) net.step(rows(t));
    await net.sync();
  };
  return Promise.resolve({
    losses: async (steps) => {
      await run(steps, twinRows(task));
      return networkLosses(task, [await net.weights()]);
    },
    time: (steps) => timed(() => run(steps, cheapRows(task))),
    close: () => {
      net.close();
    },
  });
}

class JaxNetwork {
  readonly #jax: typeof Jax;
  readonly #task: NetworkTask;
  readonly #data: readonly Jax.Array[];
  readonly #compiled: Jax.Owned<(...inputs: Jax.Array[]) => Jax.Array[]>;
  /** Query points, then iterates: weights and bias, layer by layer. */
  #state: Jax.Array[] = [];

  constructor(jax: typeof Jax, task: NetworkTask) {
    this.#jax = jax;
    this.#task = task;
    const { numpy: np, nn, valueAndGrad, jit, lax } = jax;
    const { batch, objective } = task;
    const { network, rows } = objective;
    const { eta1, eta2, gamma } = task.steps[0]!;
    const input = network.tensors[0]!;
    const pixels = input.height * input.width;
    const images = np.array(numbersOf(rows.features)).reshape([rows.count, pixels, input.channels]);
    this.#data = [
      pixels > 1
        ? images.transpose([0, 2, 1]).reshape([rows.count, input.channels, input.height, input.width])
        : images.reshape([rows.count, input.channels]),
      np.array(Int32Array.from(rows.targets), { dtype: np.int32 }),
    ];

    const outputs = (parameters: readonly Jax.Array[], x: Jax.Array): Jax.Array => {
      let place = 0;
      const next = (): Jax.Array => parameters[place++]!;
      const layer: Readonly<Partial<Record<Operation['kind'], (h: Jax.Array) => Jax.Array>>> = {
        convolution: (h) => lax.convGeneralDilated(h, next(), [1, 1], 'SAME').add(next()),
        dense: (h) => np.dot(h.reshape([batch, -1]), next()).add(next()),
        relu: (h) => nn.relu(h),
        'max-pool': (h) => lax.reduceWindow(h, np.max, [2, 2], [2, 2]),
      };
      return network.operations.reduce((h, { kind }) => layer[kind]!(h), x);
    };
    const loss = (parameters: Jax.Array[], x: Jax.Array, classes: Jax.Array): Jax.Array =>
      nn
        .logSoftmax(outputs(parameters, x))
        .mul(nn.oneHot(classes, network.outputs))
        .sum()
        .mul(-1 / batch);
    const gradients = valueAndGrad(loss);
    this.#compiled = jit((...inputs: Jax.Array[]) => {
      const [features, classes, drawn, ...state] = inputs as [Jax.Array, Jax.Array, Jax.Array, ...Jax.Array[]];
      const u = state.slice(0, state.length / 2);
      const w = state.slice(state.length / 2);
      const [value, g] = gradients(
        u.map((array) => array.ref),
        features.slice(drawn.ref),
        classes.slice(drawn),
      );
      value.dispose();
      const next = u.map((array, k) => array.sub(g[k]!.ref.mul(eta1)));
      const moved = next.map((array, k) =>
        array.ref
          .mul(1 + gamma)
          .sub(w[k]!.mul(gamma))
          .add(g[k]!.mul(eta2)),
      );
      return [...moved, ...next];
    });
  }

  restart(): void {
    for (const array of this.#state) array.dispose();
    const { network } = this.#task.objective;
    const layers = weightedLayers(network);
    const values = unpack(network, startOf(this.#task));
    this.#state = [0, 1].flatMap(() =>
      values.flatMap(({ weights, bias }, k) => this.#parameters(layers[k]!, weights, bias)),
    );
  }

  step(drawn: Int32Array): void {
    // A copy: an array may be read after the call returns.
    const { numpy: np } = this.#jax;
    const rows = np.array(drawn.slice(), { dtype: np.int32 });
    this.#state = this.#compiled(...this.#data.map((array) => array.ref), rows, ...this.#state);
  }

  async sync(): Promise<void> {
    const last = this.#state.at(-1)!;
    await last.ref.blockUntilReady();
    await last.ref.data();
  }

  /** Ours are taps × inputs × outputs; theirs outputs × inputs × taps, and a dense layer reads channel by channel. */
  #parameters({ kind, weights: { taps, inputs, outputs } }: WeightedLayer, weights: Float32Array, bias: Float32Array) {
    const { numpy: np } = this.#jax;
    const ours = np.array(weights.slice()).reshape([taps, inputs, outputs]);
    const size = Math.sqrt(taps);
    return kind === 'convolution'
      ? [
          ours.transpose([2, 1, 0]).reshape([outputs, inputs, size, size]),
          np.array(bias.slice()).reshape([outputs, 1, 1]),
        ]
      : [ours.transpose([1, 0, 2]).reshape([taps * inputs, outputs]), np.array(bias.slice())];
  }

  async weights(): Promise<Float64Array> {
    const { network } = this.#task.objective;
    const iterates = this.#state.slice(this.#state.length / 2);
    const layers = await Promise.all(
      weightedLayers(network).map(async ({ kind, weights: { taps, inputs, outputs } }, k): Promise<LayerValues> => {
        const theirs = iterates[2 * k]!.ref;
        const ours =
          kind === 'convolution'
            ? theirs.reshape([outputs, inputs, taps]).transpose([2, 1, 0])
            : theirs.reshape([inputs, taps, outputs]).transpose([1, 0, 2]);
        return {
          weights: Float32Array.from(await ours.data()),
          bias: Float32Array.from(await iterates[2 * k + 1]!.ref.data()),
        };
      }),
    );
    return pack(network, layers);
  }

  close(): void {
    for (const array of [...this.#state, ...this.#data]) array.dispose();
    this.#compiled.dispose();
  }
}
