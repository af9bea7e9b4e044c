import { useEffect, useState } from 'react';
import { useSession } from '../../state/session-store';
import type { Samples } from '../../worker/protocol';
import { useService } from '../service-context';

/** Training rows of the problem that the engine follows; those from before until the next ones are there. */
export function useSamples(): Samples | undefined {
  const service = useService();
  // A new one with every problem that was made ready.
  const objective = useSession((state) => state.objective);
  const [samples, setSamples] = useState<Samples>();
  useEffect(() => {
    if (!objective) return;
    let wanted = true;
    service.samples().then(
      (found) => {
        if (wanted) setSamples(found);
      },
      () => {
        // What went wrong with the engine is told elsewhere.
        if (wanted) setSamples(undefined);
      },
    );
    return () => {
      wanted = false;
    };
  }, [objective, service]);
  return objective && samples;
}
