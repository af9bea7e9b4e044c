/**
 * TensorFlow.js: batched matrix products, all lanes of a seed in one; states stay on the device, and only the numbers of the
 * rows (or the samples of a stream) go there at each step.
 */
import type * as TensorFlow from '@tensorflow/tfjs-core';
import { lossesAt } from '../check';
import { timed, type Contestant } from '../contestant';
import { cheapDraws, twinDraws, type Draws } from '../draws';
import { tfjsNetwork } from '../network/tfjs';
import type { Task } from '../tasks';
import { laneWeights, ruleArrays, startState } from './layout';

export function tfjs(backend: 'webgpu' | 'wasm'): Contestant {
  return {
    id: `tfjs-${backend}`,
    label: `tf.js, ${backend === 'webgpu' ? 'WebGPU' : 'WASM'}`,
    note: 'tensors seeds × coordinates × runs, batched matMul, one tidy a step',
    network: async (task) => {
      const tf = await load(backend);
      return tfjsNetwork(tf, backend, () => start(tf, backend), task);
    },
    prepare: async (task) => {
      const tf = await load(backend);
      const use = (): Promise<void> => start(tf, backend);
      await use();
      const lanes = new TensorLanes(tf, task);
      const run = async (steps: number, draws: Draws): Promise<void> => {
        lanes.restart();
        for (let t = 0; t < steps; t++) lanes.step(t, draws);
        await lanes.sync();
      };
      return {
        losses: async (steps) => {
          await use();
          await run(steps, twinDraws(task));
          return lossesAt(task, await lanes.weights());
        },
        time: async (steps) => {
          await use();
          const draws = cheapDraws(task);
          return timed(() => run(steps, draws));
        },
        close: async () => {
          await use();
          lanes.close();
        },
      };
    },
  };
}

async function load(backend: 'webgpu' | 'wasm'): Promise<typeof TensorFlow> {
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-core/dist/register_all_gradients');
  if (backend === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu');
  else {
    const [{ setWasmPaths }, { wasmFiles }] = await Promise.all([
      import('@tensorflow/tfjs-backend-wasm'),
      import('./tfjs-wasm'),
    ]);
    setWasmPaths(wasmFiles);
  }
  return tf;
}

async function start(tf: typeof TensorFlow, backend: string): Promise<void> {
  if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} did not start`);
  await tf.ready();
}

class TensorLanes {
  readonly #tf: typeof TensorFlow;
  readonly #task: Task;
  readonly #data: readonly TensorFlow.Tensor[];
  readonly #rules: readonly [TensorFlow.Tensor, TensorFlow.Tensor, TensorFlow.Tensor, TensorFlow.Tensor];
  readonly #share: TensorFlow.Tensor;
  #state: TensorFlow.Tensor[] = [];

  constructor(tf: typeof TensorFlow, task: Task) {
    this.#tf = tf;
    this.#task = task;
    const { objective, runs, batch } = task;
    const { rows, dimension: d } = objective;
    const { eta1, eta2, gamma } = ruleArrays(task);
    this.#data =
      rows.kind === 'stored'
        ? [tf.tensor(rows.features, [rows.count, d], 'float32'), tf.tensor(rows.targets, [rows.count, 1], 'float32')]
        : [];
    this.#rules = [
      tf.tensor(eta1, [1, 1, runs], 'float32'),
      tf.tensor(eta2, [1, 1, runs], 'float32'),
      tf.scalar(1 + gamma),
      tf.scalar(gamma),
    ];
    this.#share = tf.scalar(1 / batch);
  }

  restart(): void {
    for (const tensor of this.#state) tensor.dispose();
    const { seeds, runs, objective } = this.#task;
    this.#state = [0, 1].map(() =>
      this.#tf.tensor(startState(this.#task), [seeds, objective.dimension, runs], 'float32'),
    );
  }

  step(t: number, draws: Draws): void {
    const tf = this.#tf;
    const old = this.#state;
    this.#state = tf.tidy(() => {
      const [u, w] = old as [TensorFlow.Tensor, TensorFlow.Tensor];
      const [eta1, eta2, one, gamma] = this.#rules;
      const [x, y] = this.#minibatch(t, draws);
      const products = tf.matMul(x, u);
      const r = y ? tf.sub(products, y) : products;
      const g = tf.mul(tf.matMul(x, r, true), this.#share);
      const next = tf.sub(u, tf.mul(g, eta1));
      return [tf.add(tf.sub(tf.mul(next, one), tf.mul(w, gamma)), tf.mul(g, eta2)), next];
    });
    for (const tensor of old) tensor.dispose();
  }

  #minibatch(t: number, draws: Draws): [x: TensorFlow.Tensor, y: TensorFlow.Tensor | undefined] {
    const tf = this.#tf;
    const { seeds, batch, objective } = this.#task;
    const d = objective.dimension;
    const [X, y] = this.#data;
    // Copies: a tensor may keep the array it is made of.
    if (!X || !y) return [tf.tensor(draws.samples(t).slice(), [seeds, batch, d], 'float32'), undefined];
    const rows = tf.tensor(draws.rows(t).slice(), [seeds * batch], 'int32');
    return [tf.reshape(tf.gather(X, rows), [seeds, batch, d]), tf.reshape(tf.gather(y, rows), [seeds, batch, 1])];
  }

  async sync(): Promise<void> {
    await this.#state[1]!.data();
  }

  async weights(): Promise<Float32Array> {
    return laneWeights(await this.#state[1]!.data(), this.#task);
  }

  close(): void {
    for (const tensor of [...this.#state, ...this.#data, ...this.#rules, this.#share]) tensor.dispose();
  }
}
