/**
 * Kernels of a regression in a reproducing-kernel Hilbert space, scaled so that k(x, x) = 1 and so L₁ = 1 (Liu & Belkin
 * 2020, on kernel machines). In float64, from float32 inputs; the twin of `shaders/kernel`.
 */
import { z } from 'zod';
import { DataError } from '../data/table';

const bandwidth = z.number().min(1e-6).max(1e6);

export const kernelSchema = z.discriminatedUnion('kind', [
  /** exp(−‖x − z‖² / 2σ²), σ the bandwidth. */
  z.strictObject({ kind: z.literal('gaussian'), bandwidth }),
  /** exp(−‖x − z‖ / σ) with the Euclidean norm. */
  z.strictObject({ kind: z.literal('laplacian'), bandwidth }),
  /** (⟨x, z⟩ + offset)^degree / √((‖x‖² + offset)(‖z‖² + offset))^degree. */
  z.strictObject({
    kind: z.literal('polynomial'),
    degree: z.number().int().min(1).max(12),
    offset: z.number().min(1e-6).max(1e6),
  }),
]);
export type KernelConfig = z.infer<typeof kernelSchema>;

/** A kernel as a function of stored inputs. */
export type Kernel =
  /** exp(−scale · ‖x − z‖²), or of ‖x − z‖. */
  | { readonly kind: 'gaussian' | 'laplacian'; readonly scale: number }
  /** ⟨x, z⟩^degree of unit vectors. */
  | { readonly kind: 'polynomial'; readonly degree: number };

/** Inputs of a kernel. */
export interface KernelInputs {
  readonly kernel: Kernel;
  readonly count: number;
  /** Numbers of an input. */
  readonly width: number;
  /** Row-major count × width. */
  readonly inputs: Float32Array<ArrayBuffer>;
}

/**
 * The kernel of a configuration on `count` rows of `width` features. Polynomial ones see (x, √offset) scaled to length 1.
 * Throws `DataError` where that has no direction.
 */
export function kernelInputs(
  config: KernelConfig,
  features: Float32Array<ArrayBuffer>,
  count: number,
  width: number,
): KernelInputs {
  if (config.kind === 'gaussian')
    return { kernel: { kind: 'gaussian', scale: 0.5 / config.bandwidth ** 2 }, count, width, inputs: features };
  if (config.kind === 'laplacian')
    return { kernel: { kind: 'laplacian', scale: 1 / config.bandwidth }, count, width, inputs: features };
  const { degree, offset } = config;
  const inputs = new Float32Array(count * (width + 1));
  for (let i = 0; i < count; i++) {
    const row = features.subarray(i * width, (i + 1) * width);
    const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, offset));
    if (!(length > 0 && length < Infinity))
      throw new DataError(`Row ${i + 1} is too long or too short for a polynomial kernel: scale the features.`);
    for (let j = 0; j < width; j++) inputs[i * (width + 1) + j] = row[j]! / length;
    inputs[i * (width + 1) + width] = Math.sqrt(offset) / length;
  }
  return { kernel: { kind: 'polynomial', degree }, count, width: width + 1, inputs };
}

/** k(x_i, x_j) for all j into `into` (length count). */
export function kernelRow({ kernel, count, width, inputs }: KernelInputs, i: number, into: Float64Array): void {
  const first = i * width;
  for (let j = 0; j < count; j++) {
    const other = j * width;
    let sum = 0;
    if (kernel.kind === 'polynomial') {
      for (let k = 0; k < width; k++) sum += inputs[first + k]! * inputs[other + k]!;
      into[j] = sum ** kernel.degree;
      continue;
    }
    for (let k = 0; k < width; k++) {
      const difference = inputs[first + k]! - inputs[other + k]!;
      sum += difference * difference;
    }
    into[j] = Math.exp(-kernel.scale * (kernel.kind === 'gaussian' ? sum : Math.sqrt(sum)));
  }
}

/** Numbers of a kernel matrix that are kept: 32 MiB. */
const KEPT = 2 ** 22;

/** Rows of a kernel matrix, worked out when they are first asked for and kept while there is room. */
export class KernelMatrix {
  readonly #rows = new Map<number, Float64Array>();
  readonly #most: number;

  constructor(readonly inputs: KernelInputs) {
    this.#most = Math.max(1, Math.floor(KEPT / inputs.count));
  }

  /** Row i, length count: read only. */
  row(i: number): Float64Array {
    const known = this.#rows.get(i);
    if (known) return known;
    // The oldest one gives way, and its memory is used again.
    let row: Float64Array | undefined;
    if (this.#rows.size >= this.#most) {
      const [oldest] = this.#rows.keys();
      row = this.#rows.get(oldest!);
      this.#rows.delete(oldest!);
    }
    row ??= new Float64Array(this.inputs.count);
    kernelRow(this.inputs, i, row);
    this.#rows.set(i, row);
    return row;
  }
}
