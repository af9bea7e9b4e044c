/** A controller with its stores, on an engine that the test plays. */
import { runKey, type ExperimentConfig } from '../../src/experiment/config';
import { defaultExperiment } from '../../src/experiment/default';
import { createController, type Notice } from '../../src/state/controller';
import { createExperimentStore } from '../../src/state/experiment-store';
import { createSession } from '../../src/state/session-store';
import { createViewStore } from '../../src/state/view-store';
import type { SessionState } from '../../src/worker/protocol';
import { FakeEngine, settle } from './fake-engine';

/** Two runs are enough. */
export const initial: ExperimentConfig = {
  ...defaultExperiment,
  runs: defaultExperiment.runs.filter((run) => run.optimizer === 'sgd' || run.optimizer === 'adam'),
};

export type ControllerScene = ReturnType<typeof controllerScene>;

/** The page's stores on the experiment {@link initial}; the controller has not started. */
export function controllerScene() {
  const engine = new FakeEngine();
  const experiment = createExperimentStore(initial, () => 0);
  const notices: Notice[] = [];
  const frames: (() => void)[] = [];
  const delays: { callback: () => void; cancelled: boolean }[] = [];
  const schedule = (callback: () => void) => frames.push(callback);
  const session = createSession(schedule);
  const controller = createController({
    service: engine,
    experiment,
    session,
    view: createViewStore(),
    notify: (notice) => notices.push(notice),
    frame: schedule,
    delay: (callback) => {
      const entry = { callback, cancelled: false };
      delays.push(entry);
      return () => (entry.cancelled = true);
    },
    openSweep: (result) => {
      experiment.getState().load(result.config);
    },
  });
  const frame = () => {
    for (const callback of frames.splice(0)) callback();
  };
  const state = () => experiment.getState();
  const setEta = (eta: number) =>
    state().editRun(state().ids[0]!, (run) => ({ ...run, hyper: { ...run.hyper, eta } }), { gesture: 'eta' });
  const progress = (name: SessionState) => {
    engine.emit({ type: 'progress', progress: { state: name, rate: 0, lanes: 2, fraction: 0, bytes: 0 } });
    frame();
  };
  /** First points of every run of the latest update. */
  const firstPoints = () => {
    for (const run of engine.updates.at(-1)!.runs) {
      engine.emit({ type: 'run-started', run: runKey(run), lanes: 1 });
      engine.emit({
        type: 'points',
        run: runKey(run),
        step: [0],
        seconds: [0],
        loss: Float64Array.of(1),
        outcomes: [{ kind: 'running', step: 0 }],
      });
    }
  };
  const answerUpdate = async () => {
    await engine.last.answer();
    firstPoints();
    frame();
    await settle();
  };
  return {
    ...{ engine, experiment, session, controller, notices, delays },
    ...{ frame, state, setEta, progress, firstPoints, answerUpdate },
  };
}
