/** What each layer of a list makes of its input, for a table of them; a list that does not fit is told up to its fault. */
import type { LayerConfig } from './layers';
import { drawUp, NetworkError, type LossKind, type Network, type Operation, type Shape } from './network';

export interface LayerFacts {
  /** Place in the list, as `layers[2].layers[0]`; `outputs` is the last dense layer, which is added by itself. */
  readonly path: string;
  /** Shape of one sample behind the layer. */
  readonly output: Shape;
  /** Trainable numbers; those of a residual block are all that stand in it, its shortcut included. */
  readonly parameters: number;
}

export interface LayerTable {
  readonly facts: ReadonlyMap<string, LayerFacts>;
  /** Undefined where the layers do not fit. */
  readonly network: Network | undefined;
  /** Which layer does not fit, and why. */
  readonly fault: { readonly path: string; readonly message: string } | undefined;
}

export function layerTable(input: Shape, layers: readonly LayerConfig[], outputs: number, loss: LossKind): LayerTable {
  try {
    const network = drawUp(input, layers, outputs, loss);
    return { facts: factsOf(network, layers), network, fault: undefined };
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    const fault = { path: error.path, message: sentence(error.message.slice(error.path.length + 2)) };
    // Without layers there is only the last one, which is too large itself.
    if (layers.length === 0) return { facts: new Map(), network: undefined, fault };
    const good = /^layers\[(\d+)\]/.exec(error.path);
    const before = layerTable(input, layers.slice(0, good ? Number(good[1]) : layers.length - 1), outputs, loss);
    const facts = new Map(before.facts);
    facts.delete('outputs');
    return { facts, network: undefined, fault };
  }
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function factsOf({ tensors, operations }: Network, layers: readonly LayerConfig[]): Map<string, LayerFacts> {
  const facts = new Map<string, LayerFacts>();
  let at = 0;
  const take = (path: string, count: number) => {
    const taken = operations.slice(at, at + count);
    at += count;
    const parameters = taken.reduce((sum, operation) => sum + parametersOf(operation, tensors), 0);
    facts.set(path, { path, output: tensors[taken.at(-1)!.output]!, parameters });
  };
  layers.forEach((layer, k) => {
    const path = `layers[${k}]`;
    if (layer.kind !== 'residual') {
      take(path, 1);
      return;
    }
    const first = at;
    layer.layers.forEach((_, j) => {
      take(`${path}.layers[${j}]`, 1);
    });
    // A shortcut that changes the shape stands before the addition.
    const shortcut = operations[at]!.kind === 'convolution' ? 1 : 0;
    const count = at - first + shortcut + 1;
    at = first;
    take(path, count);
  });
  take('outputs', 1);
  return facts;
}

function parametersOf(operation: Operation, tensors: readonly Shape[]): number {
  const { channels } = tensors[operation.output]!;
  switch (operation.kind) {
    case 'dense':
    case 'convolution': {
      const { taps, inputs, outputs } = operation.weights;
      return taps * inputs * outputs + (operation.bias ? channels : 0);
    }
    case 'batch-norm':
      return 2 * channels;
    default:
      return 0;
  }
}
