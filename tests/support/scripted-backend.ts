/**
 * The float64 engine with a script: devices that are lost at a chosen call, cohorts that cannot be made, calls that wait
 * until a test lets them go. It also checks that a session uses its backend as the contract says.
 */
import type { Backend, Cohort, CohortOptions, CohortState, Lane, Segment } from '../../src/engine/backend';
import { CpuBackend } from '../../src/engine/cpu/cpu-backend';
import type { OpenedBackend } from '../../src/engine/session';
import { DeviceLostError } from '../../src/gpu/errors';

export type Call = 'execute' | 'save' | 'cohort';

export interface Script {
  /** The device is lost in the n-th call (from 1) of its kind, counted over all devices of this machine. */
  readonly lostAt?: Partial<Record<Call, readonly number[]>>;
  /** The n-th opening (from 1) fails with an error of this message. */
  readonly openFails?: Readonly<Record<number, string>>;
  /** The n-th cohort (from 1) fails with an error of this message. */
  readonly cohortFails?: Readonly<Record<number, string>>;
  /** Calls of `execute` that may be under way. */
  readonly depth?: number;
  /** Awaited before each call of `execute` starts its work; a macrotask unless given. */
  readonly gate?: () => Promise<unknown>;
}

const macrotask = () => new Promise((resolve) => setImmediate(resolve));

/** A machine whose devices come and go. */
export class ScriptedMachine {
  readonly calls: Record<Call, number> = { execute: 0, save: 0, cohort: 0 };
  opened = 0;
  readonly devices: ScriptedBackend[] = [];
  /** Lanes of each cohort that was made, in order. */
  readonly made: number[] = [];
  /** Misuses of the backend; must stay empty. */
  readonly misuses: string[] = [];

  constructor(readonly script: Script = {}) {}

  /** Without a graphics device what is opened is never lost. */
  readonly open = async (withoutGpu?: string): Promise<OpenedBackend> => {
    const number = ++this.opened;
    await macrotask();
    const failure = this.script.openFails?.[number];
    if (failure !== undefined) throw new Error(failure);
    const backend = new ScriptedBackend(this, withoutGpu === undefined);
    this.devices.push(backend);
    return { backend, info: { kind: 'cpu', adapter: backend.adapter, reason: withoutGpu ?? `device ${number}` } };
  };

  /** Devices that nobody destroyed, and cohorts that nobody destroyed on devices that are alive. */
  get leaks(): { devices: number; cohorts: number } {
    const open = this.devices.filter((device) => !device.destroyed);
    return { devices: open.length, cohorts: open.reduce((sum, device) => sum + device.cohorts.size, 0) };
  }
}

export class ScriptedBackend implements Backend {
  readonly kind = 'cpu';
  readonly adapter = { vendor: 'test', architecture: 'script', description: 'float64 with faults' };
  readonly depth: number;
  readonly cohorts = new Set<ScriptedCohort>();
  lost = false;
  destroyed = false;
  readonly #engine = new CpuBackend();
  readonly #onLoss: (() => void)[] = [];

  constructor(
    readonly machine: ScriptedMachine,
    readonly losable: boolean,
  ) {
    this.depth = machine.script.depth ?? 2;
  }

  get bytes(): number {
    return this.#engine.bytes;
  }

  /** Everything under way and everything to come on this device fails. */
  lose(): void {
    this.lost = true;
    for (const reject of this.#onLoss.splice(0)) reject();
  }

  /** Runs a call unless the script or the device's state is against it. */
  async guard<T>(call: Call, action: () => Promise<T>): Promise<T> {
    const number = ++this.machine.calls[call];
    if (this.destroyed) this.machine.misuses.push(`${call} on a destroyed device`);
    if (this.losable && this.machine.script.lostAt?.[call]?.includes(number)) this.lose();
    if (this.lost) throw this.#loss();
    const loss = new Promise<never>((_, reject) => {
      this.#onLoss.push(() => {
        reject(this.#loss());
      });
    });
    loss.catch(() => undefined);
    return Promise.race([action(), loss]);
  }

  #loss(): DeviceLostError {
    return new DeviceLostError({ reason: 'unknown', message: 'by the script.' });
  }

  capacity(...request: Parameters<Backend['capacity']>): number {
    return this.#engine.capacity(...request);
  }

  async cohort(options: CohortOptions): Promise<Cohort> {
    return this.guard('cohort', async () => {
      await macrotask();
      const failure = this.machine.script.cohortFails?.[this.machine.calls.cohort];
      if (failure !== undefined) throw new Error(failure);
      const cohort = new ScriptedCohort(this, await this.#engine.cohort(options), options);
      this.cohorts.add(cohort);
      this.machine.made.push(options.lanes.length);
      return cohort;
    });
  }

  destroy(): void {
    if (this.destroyed) this.machine.misuses.push('a device destroyed twice');
    this.destroyed = true;
    this.#engine.destroy();
  }
}

class ScriptedCohort implements Cohort {
  readonly lanes: readonly Lane[];
  readonly metrics: Cohort['metrics'];
  readonly work: Cohort['work'];
  destroyed = false;
  #at: number;
  #underWay = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    readonly backend: ScriptedBackend,
    readonly engine: Cohort,
    options: CohortOptions,
  ) {
    this.lanes = engine.lanes;
    this.metrics = engine.metrics;
    // Lanes that seem large: each call takes a few steps only.
    this.work = { step: 2e5, record: 1e5 };
    this.#at = options.state?.step ?? 0;
  }

  async execute(segments: readonly Segment[]): Promise<Float64Array<ArrayBuffer>> {
    this.#use('execute');
    for (const { from, to } of segments) {
      if (from !== this.#at || to < from)
        this.backend.machine.misuses.push(`segment ${from} … ${to} where the lanes are at ${this.#at}`);
      this.#at = to;
    }
    return this.backend.guard('execute', () =>
      this.#enqueue(async () => {
        await (this.backend.machine.script.gate ?? macrotask)();
        return this.engine.execute(segments);
      }),
    );
  }

  async save(): Promise<CohortState> {
    this.#use('save');
    return this.backend.guard('save', () => this.#enqueue(() => this.engine.save()));
  }

  /** One call after the other. */
  #enqueue<T>(action: () => Promise<T>): Promise<T> {
    this.#underWay++;
    const result = this.#queue.then(action).finally(() => this.#underWay--);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  retire(lanes: readonly number[]): void {
    this.#use('retire');
    this.engine.retire(lanes);
  }

  destroy(): void {
    if (this.#underWay > 0 && !this.backend.lost)
      this.backend.machine.misuses.push('a cohort destroyed while it works');
    this.destroyed = true;
    this.backend.cohorts.delete(this);
    this.engine.destroy();
  }

  #use(what: string): void {
    if (this.destroyed) this.backend.machine.misuses.push(`${what} on a destroyed cohort`);
  }
}
