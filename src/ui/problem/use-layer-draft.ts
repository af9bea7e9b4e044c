import { useCallback, useMemo, useState } from 'react';
import { layerTable, type LayerTable } from '../../models/layer-table';
import type { LayerConfig } from '../../models/layers';
import type { NetworkConfig } from '../../problems/network';
import type { DataShape } from '../../problems/network-shape';

export interface LayerDraft {
  /** As they stand in the editor. */
  readonly layers: readonly LayerConfig[];
  /** What they come to; undefined while the shape of the data is not known. */
  readonly table: LayerTable | undefined;
  /** They do not fit and are not in force: those before go on running. */
  readonly pending: boolean;
  /** What the experiment says against them. */
  readonly refusal: string | undefined;
  readonly change: (layers: readonly LayerConfig[]) => void;
  readonly discard: () => void;
}

interface Draft {
  /** The layers in force when it was made: once they change, it is void. */
  readonly base: readonly LayerConfig[];
  readonly layers: readonly LayerConfig[];
  readonly refusal?: string;
}

/** Layers being edited: each edit that fits comes into force at once, one that does not waits in the editor. */
export function useLayerDraft(
  problem: NetworkConfig,
  shape: DataShape | undefined,
  onChange: (problem: NetworkConfig) => string | undefined,
): LayerDraft {
  const [draft, setDraft] = useState<Draft>();
  const { layers: base, loss } = problem;
  const current = draft?.base === base ? draft : undefined;
  const layers = current?.layers ?? base;
  const table = useMemo(() => shape && layerTable(shape.input, layers, shape.outputs, loss), [shape, layers, loss]);
  const change = useCallback(
    (next: readonly LayerConfig[]) => {
      const fits = !shape || layerTable(shape.input, next, shape.outputs, loss).network !== undefined;
      const refusal = fits ? onChange({ ...problem, layers: [...next] }) : undefined;
      setDraft(
        fits && refusal === undefined
          ? undefined
          : { base, layers: next, ...(refusal === undefined ? {} : { refusal }) },
      );
    },
    [problem, base, shape, loss, onChange],
  );
  const discard = useCallback(() => {
    setDraft(undefined);
  }, []);
  return { layers, table, pending: current !== undefined, refusal: current?.refusal, change, discard };
}
