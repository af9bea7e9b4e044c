/** What a network costs to compute. */
import { sizeOf, type Network } from './network';

/** Multiply-adds of one sample forward; elementwise operations count their outputs. Backward takes twice that. */
export function multiplyAdds({ tensors, operations }: Network): number {
  return operations.reduce((sum, operation) => {
    const output = tensors[operation.output]!;
    if (operation.kind === 'dense') return sum + operation.weights.length;
    if (operation.kind === 'convolution') return sum + output.height * output.width * operation.weights.length;
    return sum + sizeOf(output);
  }, 0);
}
