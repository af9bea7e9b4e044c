/**
 * Has the engine follow the experiment: a change goes out at once, at most one per frame, never more than one at a time,
 * and the latest one wins.
 */
import type { ExperimentConfig } from '../experiment/config';
import type { EngineService } from '../worker/protocol';
import { computed, newRuns } from './computed';
import { missingFiles } from './datasets';
import type { ExperimentStore } from './experiment-store';
import type { Session } from './session-store';

export interface FollowerParts {
  readonly service: Pick<EngineService, 'start' | 'update' | 'abort' | 'goOn'>;
  readonly experiment: ExperimentStore;
  readonly session: Session;
  /** Runs a call whose failure the user is told. */
  readonly command: (call: Promise<void>) => void;
  /** An update was refused. */
  readonly refused: (error: unknown) => void;
  /** Calls back before the next repaint. */
  readonly frame: (callback: () => void) => void;
  /** Calls back after some milliseconds; returns how to cancel it. */
  readonly delay: (callback: () => void, ms: number) => () => void;
}

export interface Follower {
  /** The engine is being opened: following begins. `ready`: it is open; nothing is sent any more where it cannot be. */
  readonly open: (ready: Promise<unknown>) => void;
  /** Sends the experiment, if it is to be sent now. */
  readonly pump: () => void;
  /** Sends the experiment though it may read as before: its data is there now. */
  readonly sendAgain: () => void;
  /** Ends a rest: the experiment is computed, all of it anew. */
  readonly again: () => void;
  /** Goes on from where an earlier page left the experiment, where that is offered. */
  readonly goOn: () => void;
  /** The engine is to be at rest while the experiment is this one. Returns how to take that back. */
  readonly rest: (config: ExperimentConfig) => () => void;
  /** What the engine computes is nobody's any more. */
  readonly forget: () => void;
  readonly resting: () => boolean;
  /** A run has shown something. */
  readonly shown: (run: string) => void;
  readonly dispose: () => void;
}

/**
 * After a change the engine gets this long to show first points before the next one goes out. Without it a fast drag
 * would restart a run over and over before anything of it could be seen.
 */
const FIRST_POINTS_MS = 250;

export function createFollower(parts: FollowerParts): Follower {
  const { service, experiment, session, command, refused, frame, delay } = parts;
  let opened = false;
  let ready: Promise<unknown> | undefined;
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

  const release = () => {
    stopWaiting?.();
    stopWaiting = undefined;
    waitingFor = new Set();
  };

  const forget = () => {
    sent = undefined;
    sentConfig = undefined;
    release();
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
    else start(config, ids);
  };

  /** Has the engine compute the first experiment, unless there is something to go on from: then all rests until the user decides. */
  const start = (config: ExperimentConfig, ids: readonly number[]) => {
    asked = true;
    begin(config, ids, async (first) => {
      const starting = service.start(first);
      // That the engine cannot be opened says more than what that does to this call.
      starting.catch(() => undefined);
      await ready;
      const offer = await starting;
      if (!offer) return;
      sent = undefined;
      sentConfig = undefined;
      const wanted = computed(first);
      if (held !== undefined || computed(experiment.getState().config) !== wanted) return;
      held = wanted;
      session.offer(offer);
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
          // Where nothing of it is computed after all, there is nothing to wait for.
          if (waitingFor.size === 0 || state === 'paused' || sentConfig !== config) release();
          else
            stopWaiting = delay(() => {
              release();
              pump();
            }, FIRST_POINTS_MS);
        },
        (error: unknown) => {
          // The engine would go on with what it had; the page no longer shows that.
          sentConfig = undefined;
          refused(error);
          if (opened) command(service.abort());
        },
      )
      .finally(() => {
        inFlight = false;
        pump();
      });
  };

  return {
    open: (opening) => {
      opened = true;
      ready = opening;
      opening.catch(() => {
        opened = false;
      });
      pump();
    },
    pump,
    sendAgain: () => {
      sent = undefined;
      pump();
    },
    again: () => {
      held = undefined;
      sent = undefined;
      sentConfig = undefined;
      pump();
    },
    goOn: () => {
      const { config, ids } = experiment.getState();
      if (!session.store.getState().offer || inFlight || held !== computed(config)) return;
      held = undefined;
      begin(config, ids, async (latest) => {
        if (!(await service.goOn(latest))) await service.update(latest);
      });
    },
    rest: (config) => {
      const before = held;
      held = computed(config);
      return () => {
        held = before;
      };
    },
    forget,
    resting: () => held !== undefined,
    shown: (run) => {
      if (!waitingFor.delete(run) || waitingFor.size > 0) return;
      release();
      pump();
    },
    dispose: release,
  };
}
