/** Keeps the experiment in the address bar, and takes over the one that stands there. */
import { configFromHash, isPermalink, permalinkHash } from '../experiment/permalink';
import type { Notice } from '../state/controller';
import type { ExperimentStore } from '../state/experiment-store';

/** Browsers limit how often an address may change; a drag changes the experiment at every frame. */
const WRITE_EVERY_MS = 400;

/** Reads the address once, then follows both sides. */
export function syncPermalink(experiment: ExperimentStore, notify: (notice: Notice) => void): void {
  const read = () => {
    const { hash } = window.location;
    if (!isPermalink(hash)) return;
    try {
      const config = configFromHash(hash);
      if (permalinkHash(config) === permalinkHash(experiment.getState().config)) return;
      const error = experiment.getState().load(config);
      if (error) throw error;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      notify({ level: 'error', message: `The link could not be opened: ${message}`, topic: 'link' });
    }
  };

  let timer: ReturnType<typeof setTimeout> | undefined;
  let written = Number.NEGATIVE_INFINITY;
  const write = () => {
    timer = undefined;
    written = performance.now();
    const hash = permalinkHash(experiment.getState().config);
    const { pathname, search } = window.location;
    window.history.replaceState(null, '', `${pathname}${search}${hash}`);
  };

  read();
  window.addEventListener('hashchange', read);
  experiment.subscribe((state, previous) => {
    if (state.config === previous.config) return;
    const wait = written + WRITE_EVERY_MS - performance.now();
    // A single edit stands in the address at once: a reload takes the address as it is when it begins.
    if (timer === undefined && wait <= 0) write();
    else timer ??= setTimeout(write, wait);
  });
  // Leaving in the middle of a drag must not lose its last edits.
  window.addEventListener('pagehide', () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    write();
  });
}
