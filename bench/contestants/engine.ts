/** Ours, whole: documents in, recorded losses out, as the page has it. */
import type { SessionEvent } from '../../src/engine/events';
import type { ExperimentConfig } from '../../src/experiment/config';
import { Unable, type Contestant, type Trial } from '../contestant';
import type { Task, TaskId } from '../tasks';

/** The part of the engine's service that is used; a session in this thread has it as well. */
export interface EngineControl {
  addFiles(files: Task['files']): Promise<void>;
  update(config: ExperimentConfig): Promise<void>;
  abort(): Promise<void>;
  close(): void | Promise<void>;
}

/** Opens an engine whose events go to `listener`. */
export type OpenEngine = (listener: (event: SessionEvent) => void) => Promise<EngineControl>;

export function engine(open: OpenEngine, where: string): Contestant {
  return {
    id: 'engine',
    label: 'ours, whole engine',
    note: `${where}; 240 recordings of all losses at most`,
    network: ({ id, document, lanes }) =>
      document
        ? trial(open, { ...document, task: id, lanes: lanes.length, runs: document.config.runs.length })
        : Promise.resolve(new Unable('recordings take as long as steps')),
    prepare: ({ id, config, files, lanes, runs }) =>
      trial(open, { task: id, config, files, lanes: lanes.length, runs }),
  };
}

/** A document, the task that it is of, its files, and how many lanes and runs it comes to. */
interface Work {
  readonly task: TaskId;
  readonly config: ExperimentConfig;
  readonly files: Task['files'];
  readonly lanes: number;
  readonly runs: number;
}

async function trial(open: OpenEngine, { task, config, files, lanes: total, runs }: Work): Promise<Trial> {
  let listener: (event: SessionEvent) => void = () => undefined;
  const control = await open((event) => {
    listener(event);
  });
  await control.addFiles(files);

  /**
   * One run of the document: losses of all lanes at its end, and milliseconds from the first lane to that end. Rejects where
   * not all lanes come to it.
   */
  const run = async (steps: number): Promise<{ losses: Float64Array; milliseconds: number }> => {
    const ended = new Promise<{ losses: Float64Array; milliseconds: number }>((resolve, reject) => {
      const losses = new Float64Array(total);
      const places = new Map<string, number>();
      let start = 0;
      let left = runs;
      listener = (event) => {
        if (event.type === 'notice' && event.level === 'error') reject(new Error(event.message));
        if (event.type === 'run-started') {
          if (places.size === 0) start = performance.now();
          places.set(event.run, places.size);
        }
        if (event.type !== 'points') return;
        const place = places.get(event.run)!;
        const diverged = event.outcomes.find((outcome) => outcome.kind === 'diverged');
        if (diverged) reject(new Error(`a lane of run ${place + 1} diverged at step ${diverged.step}`));
        if (event.step.at(-1) !== steps) return;
        const lanes = event.outcomes.length;
        losses.set(event.loss.subarray(event.loss.length - lanes), place * lanes);
        if (--left === 0) resolve({ losses, milliseconds: performance.now() - start });
      };
    });
    // Without this an equal document would be no reason to start again.
    await control.abort();
    try {
      const [result] = await Promise.all([ended, control.update({ ...config, steps })]);
      return result;
    } catch (error) {
      throw new Error(`${task}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    } finally {
      // What is still worked out, of theory or other runs, must not disturb the next contestant.
      await control.abort();
    }
  };

  return {
    losses: async (steps) => (await run(steps)).losses,
    time: async (steps) => (await run(steps)).milliseconds,
    close: () => control.close(),
  };
}
