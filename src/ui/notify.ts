import { notifications } from '@mantine/notifications';
import type { Notice } from '../state/controller';

const STAY_MS = { info: 4000, warning: 9000, error: 12_000 } as const;
const COLOUR = { info: 'gray', warning: 'yellow', error: 'red' } as const;
const TITLE = { info: undefined, warning: 'Please note', error: 'That did not work' } as const;

/** Shows a notice in the corner; one of the same topic or text replaces the one before. */
export function notify({ level, message, topic }: Notice): void {
  const id = topic ?? message;
  notifications.hide(id);
  notifications.show({
    id,
    message,
    ...(TITLE[level] === undefined ? {} : { title: TITLE[level] }),
    color: COLOUR[level],
    autoClose: STAY_MS[level],
    withBorder: true,
    role: level === 'info' ? 'status' : 'alert',
    closeButtonProps: { 'aria-label': 'Dismiss' },
  });
}
