/**
 * A network's passes over lanes of one batch size as dispatches and buffers: forward, backward and update of a training
 * step; forward and sums of an evaluation.
 */
import type { GpuContext } from '../../../gpu/device';
import { Kernel } from '../../../gpu/kernel';
import type { BufferScope } from '../../../gpu/memory';
import { sizeOf, type Network, type Operation, type TensorId } from '../../../models/network';
import type { OptimizerId } from '../../../optimizers/registry';
import {
  addUp,
  denseForward,
  denseInputGradient,
  denseWeightGradient,
  gather,
  outputGradient,
  sampleLosses,
  targetBlocks,
  update,
  type PassContext,
  type Program,
} from './programs';

export type Buffers = Readonly<Record<string, GPUBuffer>>;

export interface Dispatch {
  readonly kernel: Kernel;
  readonly group: GPUBindGroup;
  readonly invocations: number;
}

/** What passes are made with. */
export interface PassTools {
  readonly context: GpuContext;
  readonly scope: BufferScope;
  /** Size of the uniform that is bound with an offset as `work`. */
  readonly workSize: number;
}

/** Lanes of one batch size. */
export interface Members {
  /** Lane numbers. */
  readonly lanes: readonly number[];
  /** One lane of every seed, and for each member the place of its seed among them. */
  readonly leaders: readonly number[];
  readonly inputsOf: readonly number[];
  /** Lane numbers by optimizer. */
  readonly optimizers: ReadonlyMap<OptimizerId, readonly number[]>;
}

/** An operation as it is dispatched: a ReLU is part of the dense layer before it. */
interface Fused {
  readonly op: Extract<Operation, { kind: 'dense' }>;
  readonly relu: boolean;
  readonly output: TensorId;
}

/** Joins each ReLU with the layer before it, whose plain output nobody else reads. */
export function fuse(network: Network): Fused[] {
  const fused: Fused[] = [];
  const { operations } = network;
  for (let k = 0; k < operations.length; k++) {
    const op = operations[k]!;
    if (op.kind !== 'dense') throw new Error(`The kernels know no ${op.kind} here.`);
    const next = operations[k + 1];
    const relu = next?.kind === 'relu' && next.input === op.output;
    fused.push({ op, relu, output: relu ? next.output : op.output });
    if (relu) k++;
  }
  return fused;
}

const STORAGE = 0x80;

/** Dispatches of one training step, in order. `common` holds work, lanes, state, alive, gradient, features, targets. */
export async function trainingStep(
  tools: PassTools,
  pass: PassContext,
  members: Members,
  common: Buffers,
  sampling: 'replacement' | 'epochs',
  rows: number,
): Promise<Dispatch[]> {
  const { network, batch } = pass;
  const { scope } = tools;
  const fused = fuse(network);
  const lanes = members.lanes.length;
  const floats = (label: string, count: number) => scope.create(label, count * 4, STORAGE);
  const { bound, values, gradients, leaders, wanted } = await scope.checked(() => {
    const tensor = (label: string, id: TensorId) => floats(label, lanes * batch * sizeOf(network.tensors[id]!));
    const inputs = floats('inputs', members.leaders.length * batch * sizeOf(network.tensors[0]!));
    return {
      bound: {
        ...common,
        members: scope.upload('members', Uint32Array.from(members.lanes), STORAGE),
        inputs_of: scope.upload('inputs of', Uint32Array.from(members.inputsOf), STORAGE),
      },
      leaders: scope.upload('leaders', Uint32Array.from(members.leaders), STORAGE),
      wanted: floats('wanted', members.leaders.length * batch * targetBlocks(network) * 4),
      values: new Map([[0, inputs], ...fused.map(({ output }) => [output, tensor('values', output)] as const)]),
      gradients: new Map(fused.map(({ output }) => [output, tensor('gradients', output)] as const)),
    };
  });
  const make = (label: string, program: Program, buffers: Buffers, count = lanes) =>
    dispatch(tools, label, program, { ...bound, ...buffers }, count);
  const inputOf = ({ op }: Fused) => inputTensor(fused, op.input);

  const jobs: Promise<Dispatch>[] = [
    make('gather', gather(pass, sampling, rows), { leaders, inputs: values.get(0)!, wanted }, members.leaders.length),
  ];
  for (const layer of fused)
    jobs.push(
      make('dense forward', denseForward(pass, layer.op, layer.relu), {
        x: values.get(inputOf(layer))!,
        y: values.get(layer.output)!,
      }),
    );
  const last = fused.at(-1)!.output;
  jobs.push(make('output gradient', outputGradient(pass), { z: values.get(last)!, wanted, dz: gradients.get(last)! }));
  for (const [k, layer] of [...fused.entries()].toReversed()) {
    const x = values.get(inputOf(layer))!;
    const dy = gradients.get(layer.output)!;
    // The weights of the layer are read before they move: the update comes last of all.
    jobs.push(make('dense weight gradient', denseWeightGradient(pass, layer.op), { x, dy }));
    if (k > 0)
      jobs.push(
        make('dense input gradient', denseInputGradient(pass, layer.op, fused[k - 1]!.relu), {
          x,
          dy,
          dx: gradients.get(inputOf(layer))!,
        }),
      );
  }
  for (const [optimizer, numbers] of members.optimizers)
    jobs.push(
      make(
        'update',
        update(pass, optimizer),
        { members: scope.upload('members', Uint32Array.from(numbers), STORAGE) },
        numbers.length,
      ),
    );
  return Promise.all(jobs);
}

/** The tensor that a fused layer reads: an input that is a ReLU's is stored under the ReLU's output. */
const inputTensor = (fused: readonly Fused[], input: TensorId): TensorId =>
  fused.find(({ op, output }) => output === input || op.output === input)?.output ?? 0;

/**
 * Dispatches that evaluate one chunk of rows (`work.from_step` … `work.to_step` − 1) for all lanes and add it to `sums`,
 * one call for each set of rows. `common` holds work, lanes, state, alive, features, targets.
 */
export async function evaluation(
  tools: PassTools,
  pass: PassContext,
  lanes: number,
  common: Buffers,
  sets: readonly { readonly firstRow: number; readonly sums: GPUBuffer }[],
): Promise<Dispatch[][]> {
  const { network, batch } = pass;
  const { scope } = tools;
  const fused = fuse(network);
  const { bound, values, found } = await scope.checked(() => {
    const floats = (label: string, count: number) => scope.create(label, count * 4, STORAGE);
    return {
      bound: {
        ...common,
        members: scope.upload(
          'members',
          Uint32Array.from({ length: lanes }, (_, k) => k),
          STORAGE,
        ),
      },
      values: new Map(
        fused.map(({ output }) => [output, floats('values', lanes * batch * sizeOf(network.tensors[output]!))]),
      ),
      found: floats('found', lanes * batch * 2),
    };
  });
  const { features, targets } = common;
  const make = (label: string, program: Program, buffers: Buffers) =>
    dispatch(tools, label, program, { ...bound, ...buffers }, lanes);
  const forward = fused.map(({ op, relu, output }) => {
    const x = values.get(inputTensor(fused, op.input)) ?? features!;
    return make('dense forward', denseForward(pass, op, relu), { x, y: values.get(output)! });
  });
  const z = values.get(fused.at(-1)!.output)!;
  const losses = make('sample losses', sampleLosses(pass), { z, wanted: targets!, found });
  return Promise.all(
    sets.map(({ firstRow, sums }) =>
      Promise.all([...forward, losses, make('add up', addUp(pass, firstRow), { found, sums })]),
    ),
  );
}

export async function dispatch(
  { context, workSize }: PassTools,
  label: string,
  { code, invocations }: Program,
  buffers: Buffers,
  lanes: number,
): Promise<Dispatch> {
  const kernel = await Kernel.create(context, { label, code, dynamic: { name: 'work', size: workSize } });
  return { kernel, group: kernel.bind(buffers), invocations: invocations * lanes };
}
