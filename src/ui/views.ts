import type { ComponentType } from 'react';
import type { Place } from '../state/view-store';
import { BatchView } from './batch/BatchView';
import { GalleryView } from './gallery/GalleryView';
import { RaceView } from './RaceView';
import { SweepView } from './sweep/SweepView';

export interface ViewEntry {
  readonly place: Place;
  /** Name of its tab. */
  readonly label: string;
  readonly View: ComponentType;
  /** Whether problem, settings and runs stand beside it. */
  readonly panel: boolean;
}

/** The views that there are, in the order of their tabs. */
export const views: readonly [ViewEntry, ...ViewEntry[]] = [
  { place: 'race', label: 'Race', View: RaceView, panel: true },
  { place: 'sweep', label: 'Sweep', View: SweepView, panel: true },
  { place: 'batch', label: 'Batch size', View: BatchView, panel: true },
  { place: 'gallery', label: 'Gallery', View: GalleryView, panel: false },
];
