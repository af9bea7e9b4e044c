import { useEffect } from 'react';
import type { ChartModel } from '../../export/figure/model';

const seen = new WeakSet<Float64Array[]>();

/**
 * Leaves the performance mark `curve-first-point` (detail: run key) once the first points of a curve are painted: with
 * the mark of the user's action before it, it measures how closely curves follow a slider.
 */
export function useFirstPointMarks(model: ChartModel): void {
  useEffect(() => {
    for (const { curve, stale } of model.series) {
      if (stale || seen.has(curve.loss)) continue;
      seen.add(curve.loss);
      // Commits come from an animation frame; a task posted there runs right after that frame is painted.
      setTimeout(() => performance.mark('curve-first-point', { detail: curve.key }));
    }
  }, [model]);
}
