/** TensorFlow.js: a network as its operations, gradients by `variableGrads`, MaSS's step in tensors. */
import type * as TensorFlow from '@tensorflow/tfjs-core';
import { numbersOf } from '../../src/data/features';
import { timed, Unable, type Trial } from '../contestant';
import { cheapRows, networkLosses, pack, twinRows, unpack, type Rows } from './layout';
import { startOf, weightedLayers, type NetworkTask } from './task';

/** `use` makes its backend the current one. */
export async function tfjsNetwork(
  tf: typeof TensorFlow,
  backend: 'webgpu' | 'wasm',
  use: () => Promise<void>,
  task: NetworkTask,
): Promise<Trial | Unable> {
  if (task.lanes.length > 1) return new Unable('one lane at a time');
  const layers = weightedLayers(task.objective.network);
  if (backend === 'wasm' && layers.some(({ kind }) => kind === 'convolution'))
    return new Unable('has no gradient of a convolution');
  await use();
  const net = new TensorNetwork(tf, task);
  const run = async (steps: number, rows: Rows): Promise<void> => {
    net.restart();
    for (let t = 0; t < steps; t++) net.step(rows(t));
    await net.sync();
  };
  return {
    losses: async (steps) => {
      await use();
      await run(steps, twinRows(task));
      return networkLosses(task, [await net.weights()]);
    },
    time: async (steps) => {
      await use();
      return timed(() => run(steps, cheapRows(task)));
    },
    close: async () => {
      await use();
      net.close();
    },
  };
}

class TensorNetwork {
  readonly #tf: typeof TensorFlow;
  readonly #task: NetworkTask;
  readonly #features: TensorFlow.Tensor;
  readonly #classes: TensorFlow.Tensor;
  /** Query points and iterates: weights and bias, layer by layer. */
  #u: TensorFlow.Variable[] = [];
  #w: TensorFlow.Tensor[] = [];

  constructor(tf: typeof TensorFlow, task: NetworkTask) {
    this.#tf = tf;
    this.#task = task;
    const { network, rows } = task.objective;
    const { height, width, channels } = network.tensors[0]!;
    const shape = height * width > 1 ? [height, width, channels] : [channels];
    this.#features = tf.tensor(numbersOf(rows.features), [rows.count, ...shape], 'float32');
    this.#classes = tf.tensor(Int32Array.from(rows.targets), [rows.count], 'int32');
  }

  restart(): void {
    const tf = this.#tf;
    const { network } = this.#task.objective;
    this.#disposeState();
    const layers = weightedLayers(network);
    const values = unpack(network, startOf(this.#task)).flatMap(({ weights, bias }, k) => {
      const { kind, weights: of } = layers[k]!;
      const size = Math.sqrt(of.taps);
      const shape = kind === 'convolution' ? [size, size, of.inputs, of.outputs] : [of.taps * of.inputs, of.outputs];
      return [tf.tensor(weights, shape, 'float32'), tf.tensor(bias, [of.outputs], 'float32')];
    });
    this.#u = values.map((value) => tf.variable(value));
    this.#w = values;
  }

  step(drawn: Int32Array): void {
    const tf = this.#tf;
    const { eta1, eta2, gamma } = this.#task.steps[0]!;
    const old = this.#w;
    this.#w = tf.tidy(() => {
      // A copy: a tensor may keep the array it is made of.
      const rows = tf.tensor(drawn.slice(), [drawn.length], 'int32');
      const x = tf.gather(this.#features, rows);
      const wanted = tf.oneHot(tf.gather(this.#classes, rows), this.#task.objective.network.outputs);
      const { grads } = tf.variableGrads(() => this.#loss(x, wanted), this.#u);
      return this.#u.map((u, k) => {
        const g = grads[u.name]!;
        const next = tf.sub(u, tf.mul(g, eta1));
        u.assign(tf.add(tf.sub(tf.mul(next, 1 + gamma), tf.mul(old[k]!, gamma)), tf.mul(g, eta2)));
        return next;
      });
    });
    for (const tensor of old) tensor.dispose();
  }

  #loss(x: TensorFlow.Tensor, wanted: TensorFlow.Tensor): TensorFlow.Tensor {
    const tf = this.#tf;
    const { operations } = this.#task.objective.network;
    const { batch } = this.#task;
    let h = x;
    let place = 0;
    const next = (): TensorFlow.Tensor => this.#u[place++]!;
    for (const op of operations)
      if (op.kind === 'convolution') h = tf.add(tf.conv2d(h, next(), op.stride, 'same'), next());
      else if (op.kind === 'dense') h = tf.add(tf.matMul(tf.reshape(h, [batch, -1]), next()), next());
      else if (op.kind === 'relu') h = tf.relu(h);
      else if (op.kind === 'max-pool') h = tf.maxPool(h, 2, 2, 'valid');
      else throw new Error(`no task has a layer "${op.kind}"`);
    return tf.losses.softmaxCrossEntropy(wanted, h);
  }

  async sync(): Promise<void> {
    await this.#w.at(-1)!.data();
  }

  async weights(): Promise<Float64Array> {
    const values = await Promise.all(this.#w.map((tensor) => tensor.data()));
    const layers = weightedLayers(this.#task.objective.network);
    return pack(
      this.#task.objective.network,
      layers.map((_, k) => ({ weights: values[2 * k]!, bias: values[2 * k + 1]! })),
    );
  }

  #disposeState(): void {
    for (const tensor of [...this.#u, ...this.#w]) tensor.dispose();
  }

  close(): void {
    this.#disposeState();
    this.#features.dispose();
    this.#classes.dispose();
  }
}
