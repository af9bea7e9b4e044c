/** Which page keeps a race: the record of a race is written and removed by one page at a time. */

export interface RaceLocks {
  /** Resolves with how to let go; with undefined where another page keeps this race, still after `patience` milliseconds. */
  readonly take: (key: string, patience?: number) => Promise<(() => void) | undefined>;
}

/** Those of the browser, which lets go for a page that is gone. Where it has none every page may write. */
export function browserLocks(): RaceLocks {
  // Outside of secure contexts there are no locks, whatever the types say.
  const locks = navigator.locks as LockManager | undefined;
  return {
    take: (key, patience = 0) =>
      new Promise((resolve, reject) => {
        if (!locks) {
          resolve(() => undefined);
          return;
        }
        const options = patience > 0 ? { signal: AbortSignal.timeout(patience) } : { ifAvailable: true };
        const held = locks.request(`optimizer-playground-race ${key}`, options, (lock) => {
          if (lock) return new Promise<void>(resolve);
          resolve(undefined);
          return undefined;
        });
        held.catch((error: unknown) => {
          if (error instanceof DOMException && error.name === 'TimeoutError') resolve(undefined);
          else reject(error instanceof Error ? error : new Error(String(error)));
        });
      }),
  };
}
