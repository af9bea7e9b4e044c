/** The backend that computes: opened when it is needed, and another one where a device is lost. */
import { DeviceLostError } from '../gpu/errors';
import type { Backend } from './backend';
import type { EngineInfo } from './events';

export interface OpenedBackend {
  readonly backend: Backend;
  readonly info: EngineInfo;
}

/**
 * Opens a backend; called again after a device was lost. `withoutGpu` says why the graphics device is not to be used any
 * more: only the processor will do.
 */
export type OpenBackend = (withoutGpu?: string) => Promise<OpenedBackend>;

export interface DeviceUser {
  readonly open: OpenBackend;
  readonly opened: (info: EngineInfo) => void;
  /** Resolves when nothing uses the backend that was lost. */
  readonly settled: () => Promise<void>;
  /** Goes on with another backend after a loss; `notice` tells of it. */
  readonly moveTo: (backend: Backend, notice: string) => Promise<void>;
  /** There is no other one to go on with. */
  readonly failed: (error: unknown) => Promise<void>;
}

/** Losses in a row, with nothing computed in between, after which there is no point in opening another device. */
const MAX_LOSSES = 5;
const TOO_MANY_LOSSES = 'The graphics device was lost again and again.';

export class DeviceKeeper {
  readonly #user: DeviceUser;
  #opened: OpenedBackend | undefined;
  #opening: Promise<OpenedBackend> | undefined;
  #recovery: Promise<void> | undefined;
  #losses = 0;
  /** Graphics devices were given up on, for good. */
  #withoutGpu = false;

  constructor(user: DeviceUser) {
    this.#user = user;
  }

  /** The backend that computes; undefined while none is open. */
  get current(): OpenedBackend | undefined {
    return this.#opened;
  }

  /** The backend that computes; opens it when needed. */
  async open(): Promise<OpenedBackend> {
    if (this.#opened) return this.#opened;
    this.#opening ??= this.#user
      .open(this.#withoutGpu ? TOO_MANY_LOSSES : undefined)
      .then((opened) => {
        this.#opened = opened;
        this.#user.opened(opened.info);
        return opened;
      })
      .finally(() => {
        this.#opening = undefined;
      });
    return this.#opening;
  }

  /** Something was computed: losses so far do not count any more. */
  trust(): void {
    this.#losses = 0;
  }

  /** Runs an action on the backend, again on another device where one is lost. */
  async attempt(action: () => Promise<unknown>): Promise<void> {
    for (;;) {
      const opened = this.#opened;
      try {
        await action();
        return;
      } catch (error) {
        await this.survive(error, opened);
      }
    }
  }

  /** After a lost device: resolves when its user is on another one. Throws whatever else went wrong. */
  async survive(error: unknown, on: OpenedBackend | undefined): Promise<void> {
    if (!(error instanceof DeviceLostError)) throw error;
    // Several calls see one loss; only the first deals with it.
    if (!this.#recovery && this.#opened === on)
      this.#recovery = this.#recover(error).finally(() => {
        this.#recovery = undefined;
      });
    await this.#recovery;
  }

  async #recover(loss: DeviceLostError): Promise<void> {
    await this.#user.settled();
    try {
      for (let cause: DeviceLostError | undefined = loss; cause;) cause = await this.#replace(cause);
    } catch (error) {
      await this.#user.failed(error);
      throw error;
    }
  }

  /** Moves to a new device; returns that one's loss where it doesn't last that long. */
  async #replace(loss: DeviceLostError): Promise<DeviceLostError | undefined> {
    this.close();
    if (this.#withoutGpu) throw loss;
    this.#withoutGpu = ++this.#losses > MAX_LOSSES;
    const { backend, info } = await this.open();
    const engine = info.kind === 'webgpu' ? 'a new graphics device' : 'the processor';
    const lost = this.#withoutGpu ? TOO_MANY_LOSSES.replace('.', ';') : 'The graphics device was lost;';
    try {
      await this.#user.moveTo(backend, `${lost} the runs go on with ${engine} from the last checkpoint.`);
      return undefined;
    } catch (error) {
      if (error instanceof DeviceLostError) return error;
      throw error;
    }
  }

  close(): void {
    this.#opened?.backend.destroy();
    this.#opened = undefined;
  }
}
