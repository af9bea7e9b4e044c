/**
 * What a problem is to the rest of the project: a validated configuration that can be prepared into arithmetic.
 * A new problem is one folder with such a definition and one line in `registry.ts`.
 */
import type { z } from 'zod';
import type { Features } from '../data/features';
import type { Brightness } from '../data/pictures';
import type { Picture, Table } from '../data/table';
import type { Network } from '../models/network';
import type { Training } from './training';
import type { KernelInputs } from './kernel';

/**
 * A least-squares objective f(w) = ½ E(⟨x, w⟩ − y)² (MATH: Liu & Belkin 2020, section 2), ready to run.
 *
 * `start` is w₀. In `error` coordinates w* = 0, all targets are zero and w is the error w − w*: float32 then follows the
 * loss down to about 1e-38 instead of stopping near 1e-14 of the start (cancellation in ⟨x, w⟩ − y).
 */
export interface LeastSquares {
  readonly family: 'least-squares';
  readonly dimension: number;
  readonly coordinates: 'error' | 'weights';
  /** Length `dimension`. */
  readonly start: Float64Array;
  readonly rows: RowSource;
}

export type RowSource =
  /** x = σ_j z e_j for a uniformly drawn axis j, z ~ N(0, 2); `scales[j]` is σ_j. Fresh samples at every step. */
  | { readonly kind: 'component-decoupled'; readonly scales: Float64Array }
  /** x_j = √λ_j z_j, z ~ N(0, I); `scales[j]` is √λ_j. Fresh samples at every step. */
  | { readonly kind: 'gaussian'; readonly scales: Float64Array }
  /** `count` stored rows; `features` is row-major count × dimension, `targets` has `count` entries. */
  | {
      readonly kind: 'stored';
      readonly count: number;
      readonly features: Float32Array<ArrayBuffer>;
      readonly targets: Float32Array<ArrayBuffer>;
    }
  | KernelSource;

/**
 * Row i is k(x_i, ·) and w is f = Σ α_j k(x_j, ·), kept as its coefficients α: `dimension` is `count`, ⟨x_i, w⟩ = (Kα)_i, and
 * the gradient of row i is its residual at coefficient i. So rules that are linear in the gradient take the steps that they
 * would take in the Hilbert space (Liu & Belkin 2020, on kernel machines).
 */
export interface KernelSource extends KernelInputs {
  readonly kind: 'kernel';
  /** `count` entries. */
  readonly targets: Float32Array<ArrayBuffer>;
  /** Rows that a recording looks at, the first ones. */
  readonly recorded: number;
}

/**
 * The mean loss of a network over its training examples, ready to run. The weights of a lane start by He initialisation
 * from its seed.
 */
export interface NetworkObjective {
  readonly family: 'network';
  /** Length of a lane's parameters. */
  readonly dimension: number;
  readonly coordinates: 'weights';
  readonly network: Network;
  readonly rows: Examples;
  /** Absent: constant step sizes, no weight decay, no clipping. */
  readonly training?: Training;
}

/** `count` rows to train on, then `test` rows that are only looked at. */
export interface Examples {
  readonly kind: 'examples';
  readonly count: number;
  readonly test: number;
  /** Rows of each kind that a recording looks at, the first ones: at most `count` and `test`. */
  readonly recorded: { readonly count: number; readonly test: number };
  /** Row-major (count + test) × height × width × channels of the network's input. */
  readonly features: Features;
  /** Class numbers, one a row; or row-major (count + test) × outputs. */
  readonly targets: Float32Array<ArrayBuffer>;
  /** What the classes are called, where they have names. */
  readonly classNames?: readonly string[];
  /** Where the rows are pictures: their shape, and the brightness (0 … 1) of a feature of channel c, × gain[c] + offset[c]. */
  readonly image?: Picture & Brightness;
}

/** Every family of objective the engine can run. */
export type Objective = LeastSquares | NetworkObjective;

export interface PrepareContext {
  /** Root seed of the experiment (u32). */
  readonly seed: number;
  /** Finds a parsed data set by the file names of a configuration; throws `DataError` where it is not loaded. */
  readonly table: (files: readonly string[]) => Promise<Table>;
  readonly signal?: AbortSignal;
}

export interface ProblemDefinition<Config extends { kind: string } = { kind: string }> {
  readonly kind: Config['kind'];
  readonly label: string;
  /** One sentence, plain text. */
  readonly summary: string;
  readonly schema: z.ZodType<Config>;
  readonly default: Config;
  /** The problem in a few words, for the title of a picture; its label where absent. */
  title?(config: Config): string;
  /** Names of the files that it reads; undefined, or absent, where it reads none. */
  files?(config: Config): readonly string[] | undefined;
  prepare(config: Config, context: PrepareContext): Promise<Objective>;
}
