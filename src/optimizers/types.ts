/**
 * What an optimizer is to the rest of the project. One descriptor drives the sliders, the float64 reference, the GPU
 * kernels, the exports and the tests: a new optimizer is one such file, one `.wgsl` file and one line in `registry.ts`.
 */

/** How a hyper-parameter is spread along a slider. `log-to-one` is logarithmic in 1 − x (momenta close to 1). */
export type Scale = 'linear' | 'log' | 'log-to-one';

export interface HyperParameter {
  /** Key in `RunConfig.hyper`. */
  readonly key: string;
  /** TeX of the symbol, e.g. `\\eta`. */
  readonly symbol: string;
  /** Plain-text symbol for labels and CSV headers, e.g. `η`. */
  readonly text: string;
  readonly label: string;
  readonly help: string;
  readonly scale: Scale;
  /** Ends of the slider; a typed value may lie beyond them. */
  readonly slider: { readonly min: number; readonly max: number };
  /** Values outside are errors. Bounds are exclusive where marked. */
  readonly valid: {
    readonly min: number;
    readonly max: number;
    readonly openMin?: boolean;
    readonly openMax?: boolean;
  };
  readonly default: number;
}

/** Hyper-parameters by key, complete and validated. */
export type Hyper = Readonly<Record<string, number>>;

/** A number that follows from the hyper-parameters and is shown with them (η₂ of MaSS, say). */
export interface DerivedValue {
  readonly symbol: string;
  readonly text: string;
  readonly label: string;
  readonly value: number;
}

/** Number of float32 coefficients a lane hands to the kernels. */
export const COEFFICIENTS = 8;
/** Number of state vectors a lane owns on the GPU; an optimizer uses the first `slots.length` of them. */
export const MAX_SLOTS = 3;

export interface OptimizerDefinition<Id extends string = string> {
  readonly id: Id;
  readonly label: string;
  /** One sentence, plain text. */
  readonly summary: string;
  /** Where the rule is stated. */
  readonly source: string;
  /** Line colour on a light and on a dark background (WCAG ≥ 3:1 against it). */
  readonly colour: { readonly light: string; readonly dark: string };
  readonly hyper: readonly HyperParameter[];
  /**
   * Names of the state vectors. Slot 0 is always the query point: where the minibatch gradient is taken. Every slot
   * starts at `start[slot]`: the initial weights, or zero.
   */
  readonly slots: readonly string[];
  readonly start: readonly ('weights' | 'zero')[];
  /** The slot that holds w_t, whose loss is reported. */
  readonly iterate: number;
  /** Coefficients the step reads, at most {@link COEFFICIENTS}, computed in float64. */
  coefficients(hyper: Hyper): readonly number[];
  /** Places of step sizes among the coefficients, also of those `at` gives: a schedule multiplies them. */
  readonly stepSizes: readonly number[];
  /** Begins anew from its weights where a schedule lowers the step size. */
  readonly restarts?: true;
  /** Coefficients of step t = 1, 2, …, for rules that depend on time; the default is the constant ones. */
  at?(coefficients: readonly number[], t: number): readonly number[];
  /** One float64 step in place. `state[k]` is slot k (length d), `gradient` is g(slot 0) (length d). */
  step(state: readonly Float64Array[], gradient: Float64Array, coefficients: readonly number[]): void;
  /** Numbers shown beside the sliders. */
  derived(hyper: Hyper): readonly DerivedValue[];
  /** Update equations as TeX lines, in symbols. */
  readonly equations: readonly string[];
  /**
   * WGSL text that defines
   * `fn {prefix}_at(c: Coefficients, t: u32) -> Coefficients` and
   * `fn {prefix}_step(s: Slots, g: vec4f, c: Coefficients) -> Slots`.
   */
  readonly wgsl: string;
  /** Prefix of the two WGSL functions. */
  readonly prefix: string;
}
