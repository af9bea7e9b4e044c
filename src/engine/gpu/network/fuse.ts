/** Which operations are dispatched, and what they read and write. */
import type { Network, Operation, TensorId } from '../../../models/network';

/** An operation as it is dispatched. */
export interface Fused {
  readonly op: Operation;
  /** A ReLU is part of it: its output is the ReLU's. */
  readonly relu: boolean;
  readonly output: TensorId;
}

/** Operations whose kernels can store the positive part of their result. */
const takesRelu: ReadonlySet<Operation['kind']> = new Set(['dense', 'convolution', 'batch-norm', 'add']);

/** Tensors that an operation reads. */
export const inputsOf = (op: Operation): TensorId[] => (op.kind === 'add' ? [op.input, op.second] : [op.input]);

/** Joins each ReLU with the operation before it, where that has a kernel for both and nobody else reads its plain output. */
export function fuse({ operations }: Network): Fused[] {
  const readers = new Map<TensorId, Operation[]>();
  for (const op of operations)
    for (const input of inputsOf(op)) readers.set(input, [...(readers.get(input) ?? []), op]);
  const joined = new Set<Operation>();
  const fused: Fused[] = [];
  for (const op of operations) {
    if (joined.has(op)) continue;
    const [reader, ...others] = readers.get(op.output) ?? [];
    const relu = takesRelu.has(op.kind) && reader?.kind === 'relu' && others.length === 0;
    if (relu) joined.add(reader);
    fused.push({ op, relu, output: relu ? reader.output : op.output });
  }
  return fused;
}

/** Tensors that depend on parameters: those whose gradients are of use. */
export function trainedTensors(fused: readonly Fused[]): ReadonlySet<TensorId> {
  const trained = new Set<TensorId>();
  for (const { op, output } of fused) {
    const own = op.kind === 'dense' || op.kind === 'convolution' || op.kind === 'batch-norm';
    if (own || inputsOf(op).some((input) => trained.has(input))) trained.add(output);
  }
  return trained;
}
