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
    transpose(): this;
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
  export const numpy: {
    readonly int32: 'int32';
    array(values: Float32Array | Int32Array, options?: { dtype?: 'int32' }): Array;
    matmul(a: Array, b: Array): Array;
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
  export function tidy(f: () => Tensor[]): Tensor[];
  export function tensor(values: Float32Array | Int32Array, shape: number[], type: 'float32' | 'int32'): Tensor;
  export function scalar(value: number): Tensor;
  export function reshape(x: Tensor, shape: number[]): Tensor;
  export function gather(x: Tensor, indices: Tensor): Tensor;
  export function matMul(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean): Tensor;
  export function add(a: Tensor, b: Tensor): Tensor;
  export function sub(a: Tensor, b: Tensor): Tensor;
  export function mul(a: Tensor, b: Tensor): Tensor;
}

declare module '@tensorflow/tfjs-backend-webgpu' {}

declare module '@tensorflow/tfjs-backend-wasm' {
  export function setWasmPaths(paths: Record<string, string>): void;
  export function getThreadsCount(): number;
}
