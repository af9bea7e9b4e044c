/** What the command takes from the project's own code. Vite loads it: shaders and fonts come with it as text. */
import { defaultView } from '../../src/export/figure/view';
import { fontFaces } from '../../src/export/fonts';
import { curvesOf } from '../../src/export/import';
import { chartSvg, type SvgPicture } from '../../src/export/svg';
import { parseWith } from '../../src/experiment/config';
import { resultSchema, type ExperimentResult } from '../../src/experiment/result';
import type { ClaimFigure } from '../../src/gallery/types';
import { runStyle } from '../../src/ui/palette';
import { claimSvg } from './plot';

export { prettyJson } from '../../src/export/json';
export { parseFiles } from '../../src/data/load';
export { claims } from '../../src/gallery/claims';
export { yourData } from '../../src/gallery/your-data';

export const parseResult = (value: unknown): ExperimentResult => parseWith(resultSchema, value);

/** More curves than these cannot be told apart. */
const MAX_CURVES = 12;

/** The loss curves of a finished experiment; undefined where there are too many. */
export function lossPicture(result: ExperimentResult): SvgPicture | undefined {
  if (result.runs.length > MAX_CURVES) return undefined;
  const runs = result.runs.map(({ run }) => run);
  const curves = curvesOf(result);
  return chartSvg({
    source: {
      config: { ...result.config, runs },
      runs: runs.map((run, id) => ({ id, run, curve: curves[id], stale: false })),
      epochRows: result.epochRows,
      engine: result,
    },
    view: defaultView,
    styles: runs.map((_, k) => runStyle(runs, k, 'light')),
    fontFaces,
  });
}

export const figurePicture = (figure: ClaimFigure): SvgPicture => claimSvg(figure, fontFaces);
