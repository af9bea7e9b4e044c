/**
 * What the benchmark uses of the libraries it compares with, so that the project type-checks where they are not installed:
 * they are heavy, and only the benchmark needs them (bench/package.json).
 */

declare module '@jax-js/jax' {
  export type Device = 'webgpu' | 'wasm' | 'cpu' | 'webgl';
  /** Methods consume their array and their arguments; `ref` is one more to consume. */
  export interface Array {
    readonly ref: this;
    add(other: Array | number): this;
    sub(other: Array | number): this;
    mul(other: Array | number): this;
    reshape(shape: number[]): this;
    transpose(axes?: number[]): this;
    sum(): this;
    slice(...index: (number | Array)[]): this;
    data(): Promise<Float32Array>;
    blockUntilReady(): Promise<Array>;
    dispose(): void;
  }
  export type Owned<F> = F & { dispose(): void };
  type Step = (...inputs: Array[]) => Array[];
  export function init(...devices: Device[]): Promise<Device[]>;
  export function defaultDevice(device: Device): Device;
  export function jit(f: Step): Owned<Step>;
  export function vmap(f: Step, axes: (number | null)[]): Step;
  /** With respect to the first argument. */
  export function valueAndGrad(
    f: (parameters: Array[], ...inputs: Array[]) => Array,
  ): (parameters: Array[], ...inputs: Array[]) => [value: Array, gradient: Array[]];
  type Pool = (x: Array) => Array;
  export const nn: {
    relu(x: Array): Array;
    logSoftmax(x: Array): Array;
    oneHot(classes: Array, count: number): Array;
  };
  export const lax: {
    convGeneralDilated(x: Array, weights: Array, strides: number[], padding: 'SAME'): Array;
    reduceWindow(x: Array, reduce: Pool, window: number[], strides: number[]): Array;
  };
  export const numpy: {
    readonly int32: 'int32';
    array(values: Float32Array | Int32Array, options?: { dtype?: 'int32' }): Array;
    matmul(a: Array, b: Array): Array;
    dot(a: Array, b: Array): Array;
    readonly max: Pool;
  };
}

declare module '@tensorflow/tfjs-core' {
  export interface Tensor {
    reshape(shape: number[]): Tensor;
    data(): Promise<Float32Array>;
    dispose(): void;
  }
  export function setBackend(name: string): Promise<boolean>;
  export function ready(): Promise<void>;
  export interface Variable extends Tensor {
    readonly name: string;
    assign(value: Tensor): void;
  }
  export function tidy(f: () => Tensor[]): Tensor[];
  export function variable(value: Tensor): Variable;
  export function variableGrads(f: () => Tensor, of: Variable[]): { grads: Record<string, Tensor> };
  export function tensor(values: Float32Array | Int32Array, shape: number[], type: 'float32' | 'int32'): Tensor;
  export function scalar(value: number): Tensor;
  export function reshape(x: Tensor, shape: number[]): Tensor;
  export function gather(x: Tensor, indices: Tensor): Tensor;
  export function matMul(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean): Tensor;
  export function add(a: Tensor, b: Tensor): Tensor;
  export function sub(a: Tensor, b: Tensor): Tensor;
  export function mul(a: Tensor, b: Tensor | number): Tensor;
  export function relu(x: Tensor): Tensor;
  export function oneHot(classes: Tensor, count: number): Tensor;
  export function conv2d(x: Tensor, weights: Tensor, stride: number, padding: 'same'): Tensor;
  export function maxPool(x: Tensor, window: number, stride: number, padding: 'valid'): Tensor;
  export const losses: { softmaxCrossEntropy(wanted: Tensor, logits: Tensor): Tensor };
}

declare module '@tensorflow/tfjs-core/dist/register_all_gradients' {}

declare module '@tensorflow/tfjs-backend-webgpu' {}

declare module '@tensorflow/tfjs-backend-wasm' {
  export function setWasmPaths(paths: Record<string, string>): void;
  export function getThreadsCount(): number;
}
