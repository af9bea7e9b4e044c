import { useEffect, useState } from 'react';
import { useSession } from '../../state/session-store';
import type { Inspection } from '../../worker/protocol';
import { useService } from '../service-context';

export type Look =
  | { readonly kind: 'found'; readonly inspection: Inspection }
  /** The engine keeps no weights of this run. */
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * What a lane takes for what, asked anew whenever it has moved; undefined until that is known. Nothing is asked while not
 * `wanted`.
 */
export function useInspection(run: string | undefined, seed: number, wanted: boolean): Look | undefined {
  const service = useService();
  const objective = useSession((state) => state.objective);
  const fraction = useSession((state) => state.progress.fraction);
  const [look, setLook] = useState<Look>();
  useEffect(() => {
    if (!wanted || run === undefined) return;
    let current = true;
    const show = (next: Look) => {
      if (current) setLook(next);
    };
    service.inspect(run, seed).then(
      (inspection) => {
        show(inspection ? { kind: 'found', inspection } : { kind: 'none' });
      },
      (error: unknown) => {
        show({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
      },
    );
    return () => {
      current = false;
      setLook(undefined);
      // Where the engine is gone, that is told elsewhere.
      service.stopInspection().catch(() => undefined);
    };
  }, [service, objective, fraction, run, seed, wanted]);
  return look;
}
