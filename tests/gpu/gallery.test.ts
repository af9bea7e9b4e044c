/** The paper's claims, run on the GPU and judged, but for what takes too long here: `npm run reproduce` has it. */
import { describe, expect, it } from 'vitest';
import { runExperiment } from '../../src/engine/run-experiment';
import type { ExperimentResult } from '../../src/experiment/result';
import { claims } from '../../src/gallery/claims';

const LONG = ['three-regimes-saturated', 'network-convolutional'];
/** A residual network takes most of a minute where nothing else runs. */
const TIMEOUT = 400_000;

describe.each(claims)('$title', (claim) => {
  it(
    'holds',
    async () => {
      const results = new Map<string, ExperimentResult>();
      for (const { id, config } of claim.documents()) {
        if (LONG.includes(id)) continue;
        const result = await runExperiment(config, {
          engine: 'auto',
          table: () => Promise.reject(new Error('no data set')),
        });
        expect(result.engine).toBe('webgpu');
        results.set(id, result);
      }
      const verdict = await claim.judge(results);
      expect(verdict.checks.filter(({ held }) => !held)).toEqual([]);
      expect(verdict.held).toBe(true);
      expect(verdict.complete).toBe(claim.documents().every(({ id }) => results.has(id)));
    },
    TIMEOUT,
  );
});
