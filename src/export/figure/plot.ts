/** Where a chart's plot lies in its picture: axes and labels get the room that their text needs. */

/** A chart's rectangle in pixels, axes and labels outside it. */
export interface Plot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Size of the text beside the plot over the usual, which is 12 pixels; 1 where it is absent. */
  readonly textScale?: number;
}

/** Room below the plot for the x axis with its title, and above it for the title of the y axis, at the usual text size. */
const BELOW = 44;
const ABOVE = 26;
/** A plot has some extent even where its picture leaves it none. */
const LEAST = 10;

interface Picture {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Room for the labels of the y axis and right of the plot, at the usual text size. */
  readonly left: number;
  readonly right: number;
  readonly textScale: number;
}

/** The plot within a picture of a given size; all margins grow with the text. */
export function plotIn({ width, height, left, right, textScale }: Picture): Plot {
  return {
    left: left * textScale,
    top: ABOVE * textScale,
    width: Math.max(LEAST, width - (left + right) * textScale),
    height: Math.max(LEAST, height - (ABOVE + BELOW) * textScale),
    textScale,
  };
}

export const textScaleOf = ({ textScale = 1 }: Plot): number => textScale;

/** Height of the x axis with its labels and its title, pixels. */
export const xAxisHeight = (plot: Plot): number => BELOW * textScaleOf(plot);

/** How many labels of the x axis, a line at least `distance` pixels of usual text apart, have room. */
export const ticksAcross = (plot: Plot, distance = 90): number =>
  Math.max(3, Math.floor(plot.width / (distance * textScaleOf(plot))));

/** How many labels of the y axis have room. */
export const ticksUp = (plot: Plot): number => Math.max(2, Math.floor(plot.height / (44 * textScaleOf(plot))));
