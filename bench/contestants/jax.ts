/**
 * jax-js: the step as a user would write it, vmapped over seeds and compiled with jit, the gather inside; states stay on
 * the device, and only the numbers of the rows (or the samples of a stream) go there at each step.
 */
import type * as Jax from '@jax-js/jax';
import { lossesAt } from '../check';
import { timed, type Contestant } from '../contestant';
import { cheapDraws, twinDraws, type Draws } from '../draws';
import { jaxNetwork } from '../network/jax';
import type { Task } from '../tasks';
import { laneWeights, ruleArrays, startState } from './layout';

export function jax(device: 'webgpu' | 'wasm'): Contestant {
  return {
    id: `jax-js-${device}`,
    label: `jax-js, ${device === 'webgpu' ? 'WebGPU' : 'WASM'}`,
    note: 'jit of vmap over seeds, one call a step',
    network: async (task) => jaxNetwork(await load(device), device, task),
    prepare: async (task) => {
      const library = await load(device);
      const lanes = new JaxLanes(library, task);
      const run = async (steps: number, draws: Draws): Promise<void> => {
        // Other contestants have set it to theirs.
        library.defaultDevice(device);
        lanes.restart();
        for (let t = 0; t < steps; t++) lanes.step(t, draws);
        await lanes.sync();
      };
      return {
        losses: async (steps) => {
          await run(steps, twinDraws(task));
          return lossesAt(task, await lanes.weights());
        },
        time: (steps) => {
          const draws = cheapDraws(task);
          return timed(() => run(steps, draws));
        },
        close: () => {
          lanes.close();
        },
      };
    },
  };
}

async function load(device: 'webgpu' | 'wasm'): Promise<typeof Jax> {
  const library = await import('@jax-js/jax');
  await library.init(device);
  library.defaultDevice(device);
  return library;
}

class JaxLanes {
  readonly #np: typeof Jax.numpy;
  readonly #task: Task;
  readonly #compiled: Jax.Owned<(...inputs: Jax.Array[]) => Jax.Array[]>;
  /** Stay on the device: stored rows where there are any, then the coefficients. */
  readonly #data: readonly Jax.Array[];
  readonly #rules: readonly Jax.Array[];
  #state: Jax.Array[] = [];

  constructor({ numpy: np, jit, vmap }: typeof Jax, task: Task) {
    this.#np = np;
    this.#task = task;
    const { objective, batch } = task;
    const { rows, dimension: d } = objective;
    const { eta1, eta2, gamma } = ruleArrays(task);

    const update = (r: Jax.Array, x: Jax.Array, u: Jax.Array, w: Jax.Array, e1: Jax.Array, e2: Jax.Array) => {
      const g = np.matmul(x.transpose(), r).mul(1 / batch);
      const next = u.sub(g.ref.mul(e1));
      return [
        next.ref
          .mul(1 + gamma)
          .sub(w.mul(gamma))
          .add(g.mul(e2)),
        next,
      ];
    };
    const stored = (...[X, y, drawn, u, w, e1, e2]: Jax.Array[]) => {
      const x = X!.slice(drawn!.ref);
      const r = np.matmul(x.ref, u!.ref).sub(y!.slice(drawn!));
      return update(r, x, u!, w!, e1!, e2!);
    };
    const stream = (...[x, u, w, e1, e2]: Jax.Array[]) => update(np.matmul(x!.ref, u!.ref), x!, u!, w!, e1!, e2!);

    this.#compiled = jit(
      rows.kind === 'stored' ? vmap(stored, [null, null, 0, 0, 0, null, null]) : vmap(stream, [0, 0, 0, null, null]),
    );
    this.#data =
      rows.kind === 'stored'
        ? [np.array(rows.features).reshape([rows.count, d]), np.array(rows.targets).reshape([rows.count, 1])]
        : [];
    this.#rules = [np.array(eta1), np.array(eta2)];
  }

  restart(): void {
    for (const array of this.#state) array.dispose();
    const { seeds, runs, objective } = this.#task;
    this.#state = [0, 1].map(() => this.#np.array(startState(this.#task)).reshape([seeds, objective.dimension, runs]));
  }

  step(t: number, draws: Draws): void {
    const { seeds, batch, objective } = this.#task;
    // Copies: an array may be read after the call returns.
    const drawn =
      objective.rows.kind === 'stored'
        ? this.#np.array(draws.rows(t).slice(), { dtype: this.#np.int32 }).reshape([seeds, batch])
        : this.#np.array(draws.samples(t).slice()).reshape([seeds, batch, objective.dimension]);
    this.#state = this.#compiled(
      ...this.#data.map((array) => array.ref),
      drawn,
      ...this.#state,
      ...this.#rules.map((array) => array.ref),
    );
  }

  async sync(): Promise<void> {
    await this.#state[1]!.ref.blockUntilReady();
    await this.#state[1]!.ref.slice(0, 0, 0).data();
  }

  async weights(): Promise<Float32Array> {
    return laneWeights(await this.#state[1]!.ref.data(), this.#task);
  }

  close(): void {
    for (const array of [...this.#state, ...this.#data, ...this.#rules]) array.dispose();
    this.#compiled.dispose();
  }
}
