import { useEffect } from 'react';
import type { ChartModel } from '../../export/figure/model';
import { latency } from '../../state/latency';

const seen = new WeakSet<Float64Array[]>();

/** Measures how closely curves follow a slider: tells once the first points of a curve are painted. */
export function useFirstPoints(model: ChartModel): void {
  useEffect(() => {
    for (const { curve, stale } of model.series) {
      if (stale || seen.has(curve.loss)) continue;
      seen.add(curve.loss);
      // Commits come from an animation frame; a task posted there runs right after that frame is painted.
      setTimeout(() => {
        latency.painted(curve.key);
      });
    }
  }, [model]);
}
