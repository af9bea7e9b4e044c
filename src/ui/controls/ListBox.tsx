import { Textarea } from '@mantine/core';
import { useState } from 'react';
import classes from './controls.module.css';

interface ListBoxProps {
  /** Accessible name. */
  readonly name: string;
  /** The values in force. */
  readonly text: string;
  /** Takes over what was typed, or tells what is wrong with it. */
  readonly onCommit: (text: string) => string | undefined;
}

/**
 * A field for a list of numbers. Enter or leaving it takes the list over; nonsense is refused with an error and the last
 * good values stay in force; Escape brings those back.
 */
export function ListBox({ name, text, onCommit }: ListBoxProps) {
  const [draft, setDraft] = useState<string>();
  const [error, setError] = useState<string>();
  const [known, setKnown] = useState(text);
  // The list was changed elsewhere (undo, another law): what was typed here is void.
  if (known !== text) {
    setKnown(text);
    setDraft(undefined);
    setError(undefined);
  }
  const commit = () => {
    if (draft === undefined) return;
    const message = onCommit(draft);
    setError(message);
    if (message === undefined) setDraft(undefined);
  };
  return (
    <Textarea
      w="100%"
      classNames={{ input: classes['list'] ?? '', error: classes['listError'] ?? '' }}
      aria-label={name}
      autosize
      minRows={1}
      maxRows={5}
      spellCheck={false}
      value={draft ?? text}
      error={error ?? false}
      onChange={(event) => {
        setDraft(event.currentTarget.value);
        setError(undefined);
      }}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.shiftKey) {
          event.preventDefault();
          commit();
        }
        if (event.key !== 'Escape' || draft === undefined) return;
        setDraft(undefined);
        setError(undefined);
        event.stopPropagation();
      }}
    />
  );
}
