/** Listens to a session, keeps its curves, and holds it to what its events promise. */
import type { SessionEvent, SessionState } from '../../src/engine/events';
import { runKey, type ExperimentConfig, type RunConfig } from '../../src/experiment/config';
import type { LaneOutcome } from '../../src/experiment/result';

export interface Curve {
  readonly lanes: number;
  readonly step: number[];
  readonly seconds: number[];
  /** One row of losses per point. */
  readonly loss: number[][];
  outcomes: readonly LaneOutcome[];
  finished: boolean;
  /** How often this run was started since the recorder began. */
  readonly starts: number;
  readonly spectralRadius?: number | undefined;
}

export class Recorder {
  readonly events: SessionEvent[] = [];
  readonly curves = new Map<string, Curve>();
  /** What the events got wrong; must stay empty. */
  readonly violations: string[] = [];
  config: ExperimentConfig | undefined;
  readonly #starts = new Map<string, number>();

  readonly listener = (event: SessionEvent): void => {
    this.events.push(event);
    switch (event.type) {
      case 'restarted':
        this.curves.clear();
        this.config = event.config;
        break;
      case 'run-started': {
        const starts = (this.#starts.get(event.run) ?? 0) + 1;
        this.#starts.set(event.run, starts);
        const { lanes, spectralRadius } = event;
        this.curves.set(event.run, {
          ...{ lanes, starts, spectralRadius, step: [], seconds: [], loss: [], outcomes: [], finished: false },
        });
        break;
      }
      case 'points':
        this.#points(event);
        break;
      case 'run-finished':
        this.#finished(event.run);
        break;
      case 'progress':
        this.#check(event.progress.fraction >= 0 && event.progress.fraction <= 1, 'progress beyond 0 … 1');
        break;
      case 'engine':
      case 'theory':
      case 'notice':
        break;
    }
  };

  #points({ run, step, seconds, loss, outcomes }: Extract<SessionEvent, { type: 'points' }>): void {
    const curve = this.curves.get(run);
    if (!curve) {
      this.violations.push(`points of ${run} before it was started`);
      return;
    }
    this.#check(!curve.finished, `points of ${run} after its end`);
    this.#check(step.length > 0 && seconds.length === step.length, `${run}: uneven points`);
    this.#check(loss.length === step.length * curve.lanes, `${run}: wrong number of losses`);
    this.#check(outcomes.length === curve.lanes, `${run}: wrong number of outcomes`);
    step.forEach((t, p) => {
      this.#check(t > (curve.step.at(-1) ?? -1), `${run}: step ${t} comes after ${curve.step.at(-1)}`);
      this.#check(seconds[p]! >= (curve.seconds.at(-1) ?? 0), `${run}: time runs backwards`);
      curve.step.push(t);
      curve.seconds.push(seconds[p]!);
      const row = [...loss.subarray(p * curve.lanes, (p + 1) * curve.lanes)];
      curve.loss.push(row);
      outcomes.forEach((outcome, lane) => {
        if (outcome.kind !== 'diverged') this.#check(Number.isFinite(row[lane]), `${run}: a loss is missing`);
        else if (t > outcome.step) this.#check(Number.isNaN(row[lane]), `${run}: a loss after divergence`);
      });
    });
    curve.outcomes = outcomes;
  }

  #finished(run: string): void {
    const curve = this.curves.get(run);
    if (!curve) {
      this.violations.push(`${run} ends before it was started`);
      return;
    }
    this.#check(!curve.finished, `${run} ends twice`);
    curve.finished = true;
    const complete = curve.step.at(-1) === this.config?.steps;
    const diverged = curve.outcomes.length > 0 && curve.outcomes.every((outcome) => outcome.kind === 'diverged');
    this.#check(complete || diverged, `${run} ends at step ${curve.step.at(-1)} of ${this.config?.steps}`);
    if (complete)
      this.#check(
        curve.outcomes.every((outcome) => outcome.kind !== 'running'),
        `${run} ends with lanes still running`,
      );
  }

  #check(condition: boolean, message: string): void {
    if (!condition) this.violations.push(message);
  }

  curve(run: RunConfig): Curve {
    const found = this.curves.get(runKey(run));
    if (!found) throw new Error(`no curve of ${runKey(run)}`);
    return found;
  }

  /** Losses of a run by step. */
  losses(run: RunConfig): Record<number, number[]> {
    const { step, loss } = this.curve(run);
    return Object.fromEntries(step.map((t, p) => [t, loss[p]!]));
  }

  get states(): SessionState[] {
    const states = this.events.flatMap((event) => (event.type === 'progress' ? [event.progress.state] : []));
    return states.filter((state, k) => state !== states[k - 1]);
  }

  get notices(): string[] {
    return this.events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
  }

  count(type: SessionEvent['type']): number {
    return this.events.filter((event) => event.type === type).length;
  }
}
