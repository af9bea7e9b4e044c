import { ActionIcon } from '@mantine/core';
import { IconRoute } from '@tabler/icons-react';
import { useTour } from '../tour-context';

/** Focus returns here when the tour ends. */
export const TOUR_BUTTON = 'tour-button';

export function TourButton() {
  const { start } = useTour();
  return (
    <ActionIcon id={TOUR_BUTTON} size={32} aria-label="Guided tour" title="Guided tour" onClick={start}>
      <IconRoute size={18} aria-hidden="true" />
    </ActionIcon>
  );
}
