/**
 * Connects the stores with the engine. The engine follows the experiment: a change goes out at once, at most one per
 * frame, never more than one at a time, and the latest one wins.
 */
import type { StoreApi } from 'zustand/vanilla';
import { runKey, type ExperimentConfig, type RunConfig } from '../experiment/config';
import type { ExperimentResult } from '../experiment/result';
import { filesOf } from '../problems/registry';
import { curvesOf, parseDocument } from '../export/import';
import type { DatasetSummary, EngineService, ObjectiveSummary, RunAdvice, SessionEvent } from '../worker/protocol';
import { missingFiles, sameFiles, withDataset } from './datasets';
import type { ExperimentStore } from './experiment-store';
import { latency } from './latency';
import type { Session } from './session-store';
import { stepSizesAreFar, withOptimalValues, withStepSizes } from './step-sizes';
import type { ViewState } from './view-store';

export interface Notice {
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
  /** Notices of one topic replace each other. */
  readonly topic?: string;
}

export interface ControllerParts {
  readonly service: EngineService;
  readonly experiment: ExperimentStore;
  readonly session: Session;
  readonly view: StoreApi<ViewState>;
  readonly notify: (notice: Notice) => void;
  /** Calls back before the next repaint. */
  readonly frame: (callback: () => void) => void;
  /** Calls back after some milliseconds; returns how to cancel it. */
  readonly delay: (callback: () => void, ms: number) => () => void;
}

export interface Controller {
  /** Opens the engine and starts following the experiment. */
  readonly start: (engine: 'auto' | 'cpu') => Promise<void>;
  /** Pauses a running session, resumes a paused one, starts a finished or stopped one again. */
  readonly togglePlay: () => void;
  readonly step: () => void;
  readonly reset: () => void;
  /** Goes on from where an earlier page left the experiment, where that is offered. */
  readonly goOn: () => void;
  readonly abort: () => void;
  /** Hands files to the engine as one data set and points the experiment at it. */
  readonly addFiles: (files: readonly File[]) => Promise<void>;
  /** Gives every run the step size that theory suggests for the present problem and its batch size. */
  readonly fitStepSizes: () => void;
  /** Gives every run that the paper has optimal hyper-parameters for these values, at its batch size. */
  readonly fitOptimal: () => void;
  /** What theory advises for a run; undefined where it says nothing. `search` also looks for the truly best values. */
  readonly advise: (run: RunConfig, search: boolean) => Promise<RunAdvice | undefined>;
  /**
   * Takes over an experiment document, or shows a result: its experiment, and its curves without computing them again.
   * A document that is neither is told and changes nothing. Returns whether it was taken.
   */
  readonly openDocument: (text: string, name: string) => boolean;
  readonly dispose: () => void;
}

/**
 * After a change the engine gets this long to show first points before the next one goes out. Without it a fast drag
 * would restart a run over and over before anything of it could be seen.
 */
const FIRST_POINTS_MS = 250;

export function createController(parts: ControllerParts): Controller {
  const { service, experiment, session, view, notify, frame, delay } = parts;
  const disposers: (() => void)[] = [];
  let opened = false;
  /** The configuration the engine follows, as {@link computed} text. */
  let sent: string | undefined;
  let sentConfig: ExperimentConfig | undefined;
  let inFlight = false;
  let frameTaken = false;
  let waitingFor = new Set<string>();
  let stopWaiting: (() => void) | undefined;
  /** The engine is at rest until the user edits or plays: a stopped session, or curves of an opened result. */
  let held: string | undefined;
  /** The first experiment that can be computed may have been under way when an earlier page was left. */
  let asked = false;
  /** Set by an edit of the problem; the next `restarted` event looks at the step sizes. */
  let fitNext: 'always' | 'optimal' | 'if-far' | undefined;

  const fail = (error: unknown, topic: string) => {
    notify({ level: 'error', message: messageOf(error), topic });
  };

  const command = (call: Promise<void>) => {
    call.catch((error: unknown) => {
      fail(error, 'command');
    });
  };

  const release = () => {
    stopWaiting?.();
    stopWaiting = undefined;
    waitingFor = new Set();
  };

  const pump = () => {
    const { config, ids } = experiment.getState();
    const wanted = computed(config);
    if (!opened || inFlight || frameTaken || waitingFor.size > 0 || wanted === sent || wanted === held) return;
    held = undefined;
    if (missingFiles(config, session.datasets()).length > 0) {
      // There is nothing to compute until the files are dropped: the page says so, and old curves must not stay.
      if (sent !== undefined) command(service.abort());
      sent = undefined;
      sentConfig = undefined;
      session.clear();
      return;
    }
    if (asked) begin(config, ids, (latest) => service.update(latest));
    else ask(config);
  };

  /** Asks whether there is something to go on from; if so, all rests until the user decides. */
  const ask = (config: ExperimentConfig) => {
    asked = true;
    inFlight = true;
    void service
      .keptRace(config)
      // Nothing depends on it: what is wrong with the engine shows when it is to compute.
      .catch(() => undefined)
      .then((offer) => {
        inFlight = false;
        const wanted = computed(config);
        if (offer && held === undefined && computed(experiment.getState().config) === wanted) {
          held = wanted;
          session.offer(offer);
        } else pump();
      });
  };

  /** Has the engine compute a configuration, by `call`. */
  const begin = (
    config: ExperimentConfig,
    ids: readonly number[],
    call: (config: ExperimentConfig) => Promise<void>,
  ) => {
    const restarted = newRuns(sentConfig, config);
    sent = computed(config);
    sentConfig = config;
    session.expect(config);
    session.follow(config, ids);
    inFlight = true;
    frameTaken = true;
    frame(() => {
      frameTaken = false;
      pump();
    });
    call(config)
      .then(
        () => {
          const { state } = session.store.getState().progress;
          waitingFor = new Set(restarted.filter((key) => !session.hasPoints(key)));
          if (waitingFor.size === 0 || state === 'paused') release();
          else
            stopWaiting = delay(() => {
              release();
              pump();
            }, FIRST_POINTS_MS);
        },
        (error: unknown) => {
          // The engine would go on with what it had; the page no longer shows that.
          const message = messageOf(error);
          sentConfig = undefined;
          session.fail(message);
          notify({ level: 'error', message, topic: 'update' });
          command(service.abort());
        },
      )
      .finally(() => {
        inFlight = false;
        pump();
      });
  };

  const goOn = () => {
    const { config, ids } = experiment.getState();
    if (!session.store.getState().offer || inFlight || held !== computed(config)) return;
    held = undefined;
    begin(config, ids, async (latest) => {
      if (!(await service.goOn(latest))) await service.update(latest);
    });
  };

  const onEvent = (event: SessionEvent) => {
    session.apply(event);
    switch (event.type) {
      case 'points':
      case 'run-finished':
        if (waitingFor.delete(event.run) && waitingFor.size === 0) {
          release();
          pump();
        }
        break;
      case 'notice':
        notify({ level: event.level, message: event.message });
        break;
      case 'restarted':
        if (fitNext) fit(fitNext, event.objective);
        fitNext = undefined;
        break;
    }
  };

  /**
   * Fits the step sizes of all runs to the prepared problem, or all that the paper has optimal values of: by command, or
   * where an edit of the problem calls for it.
   */
  const fit = (when: 'command' | 'always' | 'optimal' | 'if-far', objective: ObjectiveSummary | undefined) => {
    const constants = objective?.constants;
    if (!constants) return;
    const { config, edit } = experiment.getState();
    if (when === 'if-far' && !stepSizesAreFar(config, constants)) return;
    const fitted = (latest: ExperimentConfig) => {
      const stepped = withStepSizes(latest, constants);
      return when === 'optimal' ? withOptimalValues(stepped, constants) : stepped;
    };
    const error = edit(fitted, { amend: when !== 'command' });
    if (error) fail(error, 'step-sizes');
  };

  const watchProblem = (before: ExperimentConfig, after: ExperimentConfig, edited: boolean) => {
    if (before.problem === after.problem) return;
    if (!edited) fitNext = undefined;
    // A kernel's κ̃ is about its number of rows: with the one of another problem MaSS would diverge.
    else if (before.problem.kind !== after.problem.kind && after.problem.kind === 'kernel-regression')
      fitNext = 'optimal';
    else if (before.problem.kind !== after.problem.kind || dataChanged(before, after)) fitNext = 'always';
    else fitNext ??= 'if-far';
  };

  /** Makes the experiment use a data set, unless that is what it was waiting for: then all in it is as it should be. */
  const pointAt = (dataset: DatasetSummary) => {
    const { config, edit } = experiment.getState();
    const files = filesOf(config.problem);
    if (files && sameFiles(files, dataset.files)) return;
    const error = edit((current) => withDataset(current, dataset));
    if (error) throw error;
  };

  const showResult = (result: ExperimentResult) => {
    // Held before it is loaded: the engine must not start on it.
    const before = held;
    held = computed(result.config);
    const error = experiment.getState().load(result.config);
    if (error) {
      held = before;
      throw error;
    }
    sent = undefined;
    sentConfig = undefined;
    release();
    session.expect(result.config);
    session.showImported(curvesOf(result), result);
    if (opened) command(service.abort());
  };

  return {
    start: async (engine) => {
      const { config, ids } = experiment.getState();
      session.follow(config, ids);
      disposers.push(
        experiment.subscribe((state, previous) => {
          if (state.config === previous.config) return;
          latency.changed(newRuns(previous.config, state.config), new Set(enabledKeys(state.config)));
          watchProblem(previous.config, state.config, state.origin === 'edited');
          session.follow(state.config, state.ids);
          if (state.config.runs.length < previous.config.runs.length) forget(view, state.ids);
          pump();
        }),
      );
      await service.open({ engine }, onEvent);
      opened = true;
      pump();
    },
    togglePlay: () => {
      const { progress, imported, offer } = session.store.getState();
      if (offer) goOn();
      else if (held !== undefined || imported || progress.state === 'idle') {
        held = undefined;
        sent = undefined;
        sentConfig = undefined;
        pump();
        command(service.resume());
      } else if (progress.state === 'running' || progress.state === 'preparing') command(service.pause());
      else if (progress.state === 'paused') command(service.resume());
      else command(service.reset());
    },
    step: () => {
      const { state } = session.store.getState().progress;
      command(state === 'running' ? service.pause().then(() => service.step()) : service.step());
    },
    reset: () => {
      if (held === undefined) command(service.reset());
      else {
        if (session.store.getState().offer) service.discardRace(experiment.getState().config).catch(() => undefined);
        held = undefined;
        sent = undefined;
        sentConfig = undefined;
        pump();
      }
    },
    goOn,
    abort: () => {
      held = computed(experiment.getState().config);
      sent = undefined;
      sentConfig = undefined;
      release();
      command(service.abort());
    },
    addFiles: async (files) => {
      try {
        const read = await Promise.all(
          files.map(async (file) => ({ name: file.name, bytes: await file.arrayBuffer() })),
        );
        const dataset = await service.addDataset(read);
        session.addDataset(dataset);
        pointAt(dataset);
        // The experiment may read as before, but now its data is there.
        sent = undefined;
        pump();
        notify({
          level: 'info',
          message: `${dataset.files.join(' + ')}: ${dataset.rows} rows × ${dataset.columns.length} columns`,
          topic: 'dataset',
        });
      } catch (error) {
        fail(error, 'dataset');
      }
    },
    fitStepSizes: () => {
      fit('command', session.store.getState().objective);
    },
    fitOptimal: () => {
      const constants = session.store.getState().objective?.constants;
      const error = experiment.getState().edit((config) => withOptimalValues(config, constants));
      if (error) fail(error, 'step-sizes');
    },
    advise: async (run, search) => {
      try {
        return await service.advise(run, search);
      } catch {
        // Advice is an extra: what went wrong with the engine is told elsewhere.
        return undefined;
      }
    },
    openDocument: (text, name) => {
      try {
        const document = parseDocument(text);
        if (document.kind === 'result') showResult(document.result);
        else {
          const error = experiment.getState().load(document.config);
          if (error) throw error;
        }
        return true;
      } catch (error) {
        notify({ level: 'error', message: `${name}: ${messageOf(error)}`, topic: 'document' });
        return false;
      }
    },
    dispose: () => {
      release();
      for (const dispose of disposers.splice(0)) dispose();
    },
  };
}

/** What of a configuration the engine computes: labels, say, do not count, and a sweep is not part of the race. */
function computed(config: ExperimentConfig): string {
  const runs = config.runs.map((run) => [runKey(run), run.enabled !== false]);
  return JSON.stringify([withoutRuns(config), runs]);
}

const withoutRuns = (config: ExperimentConfig) => ({ ...config, runs: undefined, sweep: undefined });

const enabledKeys = (config: ExperimentConfig) => config.runs.filter((run) => run.enabled !== false).map(runKey);

/** Keys of enabled runs whose curves start anew when `after` replaces `before`. */
function newRuns(before: ExperimentConfig | undefined, after: ExperimentConfig): string[] {
  if (!before || !sameButRuns(before, after)) return enabledKeys(after);
  const known = new Set(enabledKeys(before));
  return enabledKeys(after).filter((key) => !known.has(key));
}

function sameButRuns(a: ExperimentConfig, b: ExperimentConfig): boolean {
  return JSON.stringify(withoutRuns(a)) === JSON.stringify(withoutRuns(b));
}

function dataChanged(before: ExperimentConfig, after: ExperimentConfig): boolean {
  if (before.problem.kind !== 'linear-regression' || after.problem.kind !== 'linear-regression') return false;
  return (
    !sameFiles(before.problem.dataset.files, after.problem.dataset.files) ||
    before.problem.scaling !== after.problem.scaling
  );
}

/** A hidden or selected run that is gone must not come back hidden under the same id. */
function forget(view: StoreApi<ViewState>, ids: readonly number[]): void {
  const { selected, set } = view.getState();
  if (selected !== undefined && !ids.includes(selected)) set({ selected: undefined });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
