/** The engine's progress in words. */
import type { Progress } from '../../worker/protocol';

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

export function rateText(lanesPerSecond: number): string {
  return `${compact.format(lanesPerSecond)} steps/s`;
}

/** Remaining time, coarser the more of it there is. */
export function durationText(seconds: number): string {
  if (seconds < 1) return '< 1 s';
  // Rounded first: no minute has 60 seconds left over.
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 172_800) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.round(whole / 86_400)} days`;
}

export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let value = bytes;
  let k = 0;
  while (value >= 1024 && k < units.length - 1) {
    value /= 1024;
    k++;
  }
  return `${k === 0 || value >= 100 ? Math.round(value) : value.toPrecision(3)} ${units[k]!}`;
}

/** What the session does, in one or two words; `offered` is a race that an earlier page left. */
export function stateText(state: Progress['state'], imported: boolean, failed: boolean, offered: boolean): string {
  if (failed) return 'Failed';
  if (offered) return 'Interrupted';
  if (imported) return 'Opened result';
  return {
    idle: 'Stopped',
    preparing: 'Preparing',
    running: 'Running',
    paused: 'Paused',
    finished: 'Finished',
    failed: 'Failed',
  }[state];
}
