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

/**
 * What a pass dispatches. Each ReLU is joined with the operation before it, where that has a kernel for both and nobody else
 * reads its plain output; an evaluation has no dropouts, and who would read one's output reads its input.
 */
export function fuse(network: Network, pass: 'training' | 'evaluation'): Fused[] {
  const operations = pass === 'training' ? network.operations : withoutDropouts(network);
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

function withoutDropouts({ operations }: Network): Operation[] {
  const stands = new Map<TensorId, TensorId>();
  const standing = (tensor: TensorId) => stands.get(tensor) ?? tensor;
  return operations.flatMap((op) => {
    if (op.kind === 'dropout') {
      stands.set(op.output, standing(op.input));
      return [];
    }
    const input = standing(op.input);
    return [op.kind === 'add' ? { ...op, input, second: standing(op.second) } : { ...op, input }];
  });
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
