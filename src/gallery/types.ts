/** What a claim of the paper is here: experiments that test it, and a judgement of what they measured. */
import type { ExperimentConfig } from '../experiment/config';
import type { ExperimentResult } from '../experiment/result';

export type ClaimId =
  | 'no-acceleration'
  | 'nesterov-diverges'
  | 'mass-accelerates'
  | 'full-batch'
  | 'three-regimes'
  | 'compensation'
  | 'kernel-regression'
  | 'network'
  | 'convolutional'
  /** On data of the user's own: made by `yourData`, not in the list. */
  | 'your-data';

export interface GalleryDocument {
  /** Unique in the gallery; `public/experiments/ID.json` is its file. */
  readonly id: string;
  readonly title: string;
  readonly config: ExperimentConfig;
}

/** A larger size of a claim's experiment, up to the paper's: to be opened, not judged. */
export interface LargerDocument extends GalleryDocument {
  /** What it needs, in a sentence. */
  readonly needs: string;
  /** Multiply-adds of all of it: divided by a machine's rate, the time that it takes there. */
  readonly work: number;
}

/** A measured number with the interval that holds the truth with probability `confidence`. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/** One measured number held against one predicted number. */
export interface Check {
  /** What is measured, with its unit. */
  readonly label: string;
  /** Absent where it could not be measured; `note` says why. */
  readonly measured?: Estimate;
  readonly predicted: number;
  /** What has to be true, in words: "within 5 % of the prediction". */
  readonly criterion: string;
  readonly held: boolean;
  readonly note?: string;
}

export interface FigurePoint {
  readonly x: number;
  readonly y: number;
  /** Ends of the confidence interval. */
  readonly low?: number;
  readonly high?: number;
}

/** A picture beyond the loss curves: measured points and theory's line, both axes logarithmic. */
export interface ClaimFigure {
  readonly id: string;
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly {
    readonly label: string;
    readonly kind: 'measured' | 'theory';
    /** Series of one group share a colour. */
    readonly group: number;
    readonly points: readonly FigurePoint[];
  }[];
  /** Places on the x axis with a name. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
}

export interface Verdict {
  /** All checks held, and there was at least one. */
  readonly held: boolean;
  /** Every document of the claim was there to be judged. */
  readonly complete: boolean;
  readonly checks: readonly Check[];
  /** What was found, in a sentence or two. */
  readonly sentence: string;
  readonly figures: readonly ClaimFigure[];
}

/** Finished experiments by the id of their document. */
export type GalleryResults = ReadonlyMap<string, ExperimentResult>;

export interface Claim {
  readonly id: ClaimId;
  readonly title: string;
  /** The claim, as something that can be false. */
  readonly statement: string;
  /** The experiments, with hyper-parameters that theory chose. */
  readonly documents: () => readonly GalleryDocument[];
  /** The same in larger sizes, up to the paper's, where that needs data from elsewhere or more than minutes. */
  readonly larger?: () => readonly LargerDocument[];
  /** Judges what is there: checks whose documents are missing are left out. */
  judge(results: GalleryResults): Promise<Verdict>;
}
