/**
 * The paper's claims on the page: their experiments, which of them runs, and how each was judged. A finished race that is
 * one of these experiments is judged as well; its verdict is gone with the first change.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { runKey, type ExperimentConfig } from '../experiment/config';
import type { ProblemConfig } from '../problems/registry';
import { dataClaim } from '../gallery/data-claim';
import { networkWork } from '../gallery/network-work';
import type { ClaimId, GalleryDocument, Verdict } from '../gallery/types';
import type { ClaimDocuments, ClaimProgress, DataClaim, EngineService, FinishedRace } from '../worker/protocol';
import type { Controller } from './controller';
import { loadedData, type LoadedData } from './datasets';
import type { EditOptions, ExperimentStore } from './experiment-store';
import { ProgressRate, rateOfRace } from './network-rate';
import type { Session, SessionState } from './session-store';
import type { Place, ViewState } from './view-store';

/** How the experiments of a claim, run for it alone, came out. */
export type ClaimOutcome =
  { readonly kind: 'judged'; readonly verdict: Verdict } | { readonly kind: 'failed'; readonly message: string };

/** The race is an experiment of a claim, and has finished. */
export interface RaceVerdict {
  readonly claim: ClaimId;
  readonly document: GalleryDocument;
  /** How many experiments the claim has. */
  readonly documents: number;
  readonly verdict: Verdict;
}

/** The data set that the claim about the user's data is offered on. */
export interface OfferedData extends LoadedData {
  /** What the claim says of it; undefined until it was worked out. */
  readonly claim: DataClaim | undefined;
}

export interface GalleryState {
  /** In the order of the gallery; undefined until they were asked for. */
  readonly documents: readonly ClaimDocuments[] | undefined;
  /** The data set in use, or the last one while the experiment needs none; undefined where none was loaded. */
  readonly data: OfferedData | undefined;
  readonly outcomes: ReadonlyMap<ClaimId, ClaimOutcome>;
  readonly running: { readonly claim: ClaimId; readonly progress: ClaimProgress | undefined } | undefined;
  /** Claims whose turn comes after the one that runs. */
  readonly waiting: readonly ClaimId[];
  readonly race: RaceVerdict | undefined;
  /** Multiply-adds per second of the last network that this machine trained; undefined before one has finished. */
  readonly networkRate: number | undefined;
  readonly failure: string | undefined;
}

export interface Gallery {
  readonly store: StoreApi<GalleryState>;
  /** Fetches the experiments, once. */
  readonly load: () => Promise<void>;
  /** Runs all experiments of each claim, one claim after the other, and judges them; what runs for another claim ends. */
  readonly run: (claims: readonly ClaimId[]) => void;
  /** Ends what runs and what waits; verdicts stay. */
  readonly stop: () => void;
  /** Makes an experiment the race, as one step of its history, lets it run, and opens the race or another view. */
  readonly open: (config: ExperimentConfig, options?: EditOptions & { readonly place?: Place }) => void;
}

export interface GalleryParts {
  readonly service: Pick<EngineService, 'claimDocuments' | 'prepareDataClaim' | 'runClaim' | 'stopClaim' | 'judgeRace'>;
  readonly experiment: ExperimentStore;
  readonly session: Session;
  readonly view: StoreApi<ViewState>;
  readonly controller: Pick<Controller, 'togglePlay'>;
}

export function createGallery({ service, experiment, session, view, controller }: GalleryParts): Gallery {
  const store = createStore<GalleryState>()(() => ({
    documents: undefined,
    data: undefined,
    outcomes: new Map(),
    running: undefined,
    waiting: [],
    race: undefined,
    networkRate: undefined,
    failure: undefined,
  }));
  let loading: Promise<void> | undefined;
  /** Of the latest run: what an earlier one still tells does not count. */
  let current = 0;
  /** Of the latest finished race: the same, and what it was. */
  let judged = 0;
  let judgedConfig: ExperimentConfig | undefined;

  const load = () =>
    (loading ??= service.claimDocuments().then(
      (documents) => {
        store.setState({ documents, failure: undefined });
      },
      (error: unknown) => {
        loading = undefined;
        store.setState({ failure: messageOf(error) });
      },
    ));

  const settle = (claim: ClaimId, outcome: ClaimOutcome) => {
    store.setState(({ outcomes }) => ({ outcomes: new Map(outcomes).set(claim, outcome) }));
  };

  /** Multiply-adds of a claim's experiments on networks; 0 of the others. */
  const workOf = (claim: ClaimId): number => {
    const documents = store.getState().documents?.find((entry) => entry.claim === claim)?.documents ?? [];
    return documents.reduce((sum, { config }) => sum + (networkWork(config) ?? 0), 0);
  };

  const runAll = async (id: number, claims: readonly ClaimId[]) => {
    for (const [k, claim] of claims.entries()) {
      const pace = new ProgressRate(workOf(claim));
      store.setState({ running: { claim, progress: undefined }, waiting: claims.slice(k + 1) });
      try {
        if (claim === dataClaim.id && !(await prepareData(id))) {
          if (id !== current) return;
          continue;
        }
        const verdict = await service.runClaim(claim, (progress) => {
          // What is told on the way may come in after the end.
          if (id !== current || store.getState().running?.claim !== claim) return;
          store.setState({ running: { claim, progress } });
          pace.add(progress.fraction);
          if (pace.rate) store.setState({ networkRate: pace.rate });
        });
        if (id !== current) return;
        if (verdict) settle(claim, { kind: 'judged', verdict });
      } catch (error) {
        if (id !== current) return;
        settle(claim, { kind: 'failed', message: messageOf(error) });
      }
    }
    store.setState({ running: undefined });
  };

  /** Whether the claim about the user's data is worked out; false where something else came between. */
  const prepareData = async (id: number): Promise<boolean> => {
    const { data } = store.getState();
    if (!data) return false;
    if (data.claim) return true;
    const claim = await service.prepareDataClaim(data.problem);
    if (id !== current || !claim) return false;
    store.setState({ data: { ...data, claim } });
    return true;
  };

  /** Ends what runs and what waits. */
  const stop = () => {
    current++;
    store.setState({ running: undefined, waiting: [] });
    service.stopClaim().catch(() => undefined);
  };

  /** Another data set, or another use of it, is another claim: what was found of the one before is gone. */
  const offerData = () => {
    const { data, outcomes, running, waiting } = store.getState();
    const found = loadedData(experiment.getState().config, session.datasets());
    if (!found || (data && isOffered(data, found))) return;
    if (running?.claim === dataClaim.id || waiting.includes(dataClaim.id)) stop();
    const others = new Map(outcomes);
    others.delete(dataClaim.id);
    store.setState({ data: { ...found, claim: undefined }, outcomes: others });
  };

  const judgeRace = async (config: ExperimentConfig, state: SessionState) => {
    const id = judged;
    await load();
    const { documents: listed = [], data } = store.getState();
    const own = data?.claim ? [{ claim: dataClaim.id, documents: data.claim.documents }] : [];
    const found = documentOf([...listed, ...own], config);
    if (!found || id !== judged) return;
    const { claim, documents, document } = found;
    const verdict = await service.judgeRace(claim, document.id, finishedRace(state)).catch(() => undefined);
    if (!verdict || id !== judged) return;
    store.setState({ race: { claim, document, documents: documents.length, verdict } });
    if (verdict.complete) settle(claim, { kind: 'judged', verdict });
  };

  const watch = (state: SessionState) => {
    const { config } = experiment.getState();
    const finished = isFinished(config, state);
    if (finished && judgedConfig === config) return;
    if (!finished && judgedConfig === undefined) return;
    judged++;
    judgedConfig = finished ? config : undefined;
    if (store.getState().race) store.setState({ race: undefined });
    if (!finished) return;
    const networkRate = rateOfRace(config, state);
    if (networkRate) store.setState({ networkRate });
    void judgeRace(config, state);
  };
  session.store.subscribe((state, before) => {
    if (state.datasets !== before.datasets) offerData();
    watch(state);
  });
  experiment.subscribe((state, before) => {
    if (state.config === before.config) return;
    offerData();
    watch(session.store.getState());
  });

  return {
    store,
    load,
    run: (claims) => {
      const id = ++current;
      const outcomes = new Map(store.getState().outcomes);
      for (const claim of claims) outcomes.delete(claim);
      store.setState({ outcomes });
      void runAll(id, claims);
    },
    stop,
    open: (config, { place = 'race', ...options } = {}) => {
      const state = experiment.getState();
      const same = keyOf(state.config) === keyOf(config);
      if (!same) {
        const error = state.load(config, options);
        if (error) throw error;
      }
      view.getState().set({ place });
      const { progress, engine } = session.store.getState();
      // What is new runs by itself, unless the race was paused; what is there already may have been stopped.
      if (progress.state === 'paused' || (same && engine && progress.state === 'idle')) controller.togglePlay();
    },
  };
}

/** The claim and the document that an experiment is, whatever its runs are called. */
export function documentOf(
  claims: readonly ClaimDocuments[],
  config: ExperimentConfig,
): (ClaimDocuments & { readonly document: GalleryDocument }) | undefined {
  const key = keyOf(config);
  for (const { claim, documents } of claims)
    for (const document of documents) if (keyOf(document.config) === key) return { claim, documents, document };
  return undefined;
}

/** Whether the claim is offered on this data set, or is about these rows of it already. */
function isOffered({ problem, dataset, claim }: OfferedData, found: LoadedData): boolean {
  if (dataset !== found.dataset) return false;
  const same = (other: ProblemConfig) => JSON.stringify(sorted(other)) === JSON.stringify(sorted(found.problem));
  return same(problem) || (claim?.documents.some(({ config }) => same(config.problem)) ?? false);
}

/** Whatever but its runs decides a race's numbers, as text. */
function sharedKey({ problem, seeds, seed, steps, evalEvery, sampling, divergenceFactor }: ExperimentConfig): string {
  return JSON.stringify([sorted(problem), seeds, seed, steps, evalEvery, sampling, divergenceFactor]);
}

/** The same with the fields of every object in one order, whoever wrote it. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, entry]) => [key, sorted(entry)]);
}

const keyOf = (config: ExperimentConfig): string =>
  sharedKey(config) + JSON.stringify(config.runs.map((run) => [runKey(run), run.enabled !== false]));

/** Whether every run that is switched on shows its own curve to the end. */
function isFinished(config: ExperimentConfig, { computed, shown }: SessionState): boolean {
  return (
    computed !== undefined &&
    shown.length === config.runs.length &&
    shown.every(
      ({ run, curve, stale }, k) =>
        run === config.runs[k] && (run.enabled === false || (curve?.finished === true && !stale)),
    ) &&
    sharedKey(computed) === sharedKey(config)
  );
}

function finishedRace({ shown, engine, imported }: SessionState): FinishedRace {
  const adapter = { vendor: '', architecture: '', description: '' };
  return {
    engine: imported?.engine ?? engine?.kind ?? 'cpu',
    adapter: imported?.adapter ?? engine?.adapter ?? adapter,
    runs: shown.flatMap(({ curve }) => {
      if (!curve) return [];
      const loss = new Float64Array(curve.loss.length * curve.lanes);
      curve.loss.forEach((row, p) => {
        loss.set(row, p * curve.lanes);
      });
      return [{ run: curve.run, step: curve.step, loss, outcomes: curve.outcomes }];
    }),
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
