/** A sweep as a document: the one that the command line writes, but cells that are not computed yet are null. */
import { cellResult, finiteOrNull } from '../../engine/sweep/cell-result';
import type { PartialMapResult, PartialSweepResult } from '../../experiment/sweep-result';
import type { ExportSource } from '../dataset';
import { prettyJson } from '../json';
import { cellIndex, outcomeAt, runAt, type CellPlace, type SweepData } from './data';

export interface SweepSource {
  readonly data: SweepData;
  readonly engine: ExportSource['engine'];
}

/** Every cell of a map, in the order of its keys. */
export function* placesOf({ x, y }: SweepData, map: number): Generator<CellPlace> {
  for (let j = 0; j < y.values.length; j++) for (let i = 0; i < x.values.length; i++) yield { map, x: i, y: j };
}

export function sweepResult({ data, engine }: SweepSource): PartialSweepResult {
  return {
    version: 1,
    config: { ...data.config, sweep: data.sweep },
    engine: engine.engine,
    adapter: { ...engine.adapter },
    x: [...data.x.values],
    y: [...data.y.values],
    maps: data.maps.map(({ run, radius }, map): PartialMapResult => ({
      run,
      cells: Array.from(placesOf(data, map), (place) => {
        const outcome = outcomeAt(data, place);
        return outcome ? cellResult(runAt(data, place), outcome) : null;
      }),
      ...(radius && !radius.some(Number.isNaN) ? { radius: Array.from(radius, finiteOrNull) } : {}),
    })),
  };
}

export const sweepJson = (source: SweepSource): string => prettyJson(sweepResult(source));

/** Exact spectral radius of a cell; undefined where it is not known. */
export function radiusAt(data: SweepData, place: CellPlace): number | undefined {
  const rho = data.maps[place.map]!.radius?.[cellIndex(data, place)];
  return rho === undefined || Number.isNaN(rho) ? undefined : rho;
}
