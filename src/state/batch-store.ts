/** Speed against batch size, as far as it is known: follows the problem of the experiment, measures by command. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ExperimentConfig } from '../experiment/config';
import type { ExactPoint, MeasuredPoint } from '../export/figure/batch';
import type { KnownConstants } from '../theory/spectral';
import type { BatchEvent, EngineService } from '../worker/protocol';

export type UnmeasuredPoint = Extract<BatchEvent, { type: 'unmeasured' }>;

export interface BatchState {
  readonly constants: KnownConstants | undefined;
  readonly exact: readonly ExactPoint[];
  readonly measured: readonly MeasuredPoint[];
  readonly unmeasured: readonly UnmeasuredPoint[];
  readonly measuring: boolean;
  /** 0 … 1 */
  readonly fraction: number;
  readonly doing: string;
  readonly failure: string | undefined;
}

export interface BatchStudy {
  readonly store: StoreApi<BatchState>;
  /** Turns to a problem that the engine has at hand; what is known of another one is void. */
  readonly follow: (config: ExperimentConfig) => void;
  /** The same names may stand for other numbers now: what is known is void. */
  readonly forget: () => void;
  /** Measures on the problem followed, from the start. */
  readonly measure: () => void;
  /** Ends a measurement; points that are there stay. */
  readonly stop: () => void;
}

const nothing: BatchState = {
  constants: undefined,
  exact: [],
  measured: [],
  unmeasured: [],
  measuring: false,
  fraction: 0,
  doing: '',
  failure: undefined,
};

export function createBatchStudy(service: Pick<EngineService, 'studyBatches' | 'stopBatches'>): BatchStudy {
  const store = createStore<BatchState>()(() => nothing);
  let followed: ExperimentConfig | undefined;
  /** Of the latest study: what an earlier one still tells does not count. */
  let current = 0;

  const begin = (config: ExperimentConfig, measure: boolean) => {
    const id = ++current;
    const apply = (event: BatchEvent) => {
      if (id !== current) return;
      const state = store.getState();
      switch (event.type) {
        case 'constants':
          store.setState({ constants: event.constants });
          break;
        case 'exact':
          store.setState({ exact: [...state.exact, event] });
          break;
        case 'measured':
          store.setState({ measured: [...state.measured, event] });
          break;
        case 'unmeasured':
          store.setState({ unmeasured: [...state.unmeasured, event] });
          break;
        case 'progress':
          store.setState({ fraction: event.fraction, doing: event.doing });
          break;
      }
    };
    service.studyBatches(config, measure, apply).then(
      () => {
        if (id === current) store.setState({ measuring: false });
      },
      (error: unknown) => {
        if (id !== current) return;
        store.setState({ measuring: false, failure: error instanceof Error ? error.message : String(error) });
      },
    );
  };

  return {
    store,
    follow: (config) => {
      if (followed && keyOf(followed) === keyOf(config)) return;
      followed = config;
      store.setState(nothing);
      begin(config, false);
    },
    forget: () => {
      followed = undefined;
      current++;
      store.setState(nothing);
      service.stopBatches().catch(() => undefined);
    },
    measure: () => {
      if (!followed) return;
      const { constants } = store.getState();
      // Constants stand until better ones come: the picture need not go blank.
      store.setState({ ...nothing, constants, measuring: true });
      begin(followed, true);
    },
    stop: () => {
      current++;
      store.setState({ measuring: false, doing: '' });
      service.stopBatches().catch(() => undefined);
    },
  };
}

const keyOf = ({ problem, seed }: ExperimentConfig): string => JSON.stringify([problem, seed]);
