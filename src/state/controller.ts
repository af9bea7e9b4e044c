/** Connects the stores with the engine: transport, data, documents; what is computed follows the experiment. */
import type { StoreApi } from 'zustand/vanilla';
import type { RunConfig } from '../experiment/config';
import type { ExperimentResult } from '../experiment/result';
import type { PartialSweepResult } from '../experiment/sweep-result';
import { filesOf } from '../problems/registry';
import { curvesOf, parseDocument } from '../export/import';
import type { DatasetSummary, EngineService, RunAdvice, SessionEvent } from '../worker/protocol';
import { enabledKeys, newRuns } from './computed';
import { sameFiles, withDataset } from './datasets';
import type { ExperimentStore } from './experiment-store';
import { createFollower } from './follower';
import { latency } from './latency';
import type { Session } from './session-store';
import { createStepSizeFitter } from './step-size-fitter';
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
  /** Takes over a sweep's document, and shows it. Throws where it is refused. */
  readonly openSweep: (result: PartialSweepResult) => void;
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

export function createController(parts: ControllerParts): Controller {
  const { service, experiment, session, view, notify, frame, delay, openSweep } = parts;
  const disposers: (() => void)[] = [];
  let opened = false;

  const fail = (error: unknown, topic: string) => {
    notify({ level: 'error', message: messageOf(error), topic });
  };

  const command = (call: Promise<void>) => {
    call.catch((error: unknown) => {
      fail(error, 'command');
    });
  };

  const stepSizes = createStepSizeFitter(experiment, (error) => {
    fail(error, 'step-sizes');
  });

  const follower = createFollower({
    ...{ service, experiment, session, command, frame, delay },
    refused: (error) => {
      session.fail(messageOf(error));
    },
  });

  const onEvent = (event: SessionEvent) => {
    session.apply(event);
    switch (event.type) {
      case 'points':
      case 'run-finished':
        follower.shown(event.run);
        break;
      case 'notice':
        // Why nothing more comes stands above the race: once is enough.
        // Of what became of the engine only the latest holds.
        if (event.level !== 'error') notify({ level: event.level, message: event.message, topic: 'engine' });
        break;
      case 'restarted':
        stepSizes.prepared(event.objective);
        break;
    }
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
    const takeBack = follower.rest(result.config);
    const error = experiment.getState().load(result.config);
    if (error) {
      takeBack();
      throw error;
    }
    follower.forget();
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
          stepSizes.changed(previous.config, state.config, state.origin === 'edited');
          session.follow(state.config, state.ids);
          if (state.config.runs.length < previous.config.runs.length) forget(view, state.ids);
          follower.pump();
        }),
      );
      const opening = service.open({ engine }, onEvent);
      opened = true;
      // The first experiment goes out at once: an answer would wait until the page has been drawn.
      follower.open(opening);
      await opening;
    },
    togglePlay: () => {
      const { progress, imported, offer } = session.store.getState();
      if (offer) follower.goOn();
      else if (follower.resting() || imported || progress.state === 'idle') {
        follower.again();
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
      if (!follower.resting()) command(service.reset());
      else {
        if (session.store.getState().offer) service.discardRace(experiment.getState().config).catch(() => undefined);
        follower.again();
      }
    },
    goOn: follower.goOn,
    abort: () => {
      follower.rest(experiment.getState().config);
      follower.forget();
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
        follower.sendAgain();
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
      stepSizes.fit(session.store.getState().objective);
    },
    fitOptimal: () => {
      stepSizes.fitOptimal(session.store.getState().objective);
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
        else if (document.kind === 'sweep') openSweep(document.result);
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
      follower.dispose();
      for (const dispose of disposers.splice(0)) dispose();
    },
  };
}

/** A hidden or selected run that is gone must not come back hidden under the same id. */
function forget(view: StoreApi<ViewState>, ids: readonly number[]): void {
  const { selected, set } = view.getState();
  if (selected !== undefined && !ids.includes(selected)) set({ selected: undefined });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
