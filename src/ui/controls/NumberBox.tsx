import { TextInput } from '@mantine/core';
import { memo, useState, type KeyboardEvent } from 'react';
import { numberText, parseNumber } from './number-text';
import classes from './controls.module.css';

export interface NumberBoxProps {
  /** Accessible name. */
  readonly name: string;
  readonly value: number;
  /** Tells what is wrong with a number, or undefined for a good one. */
  readonly check: (value: number) => string | undefined;
  readonly onCommit: (value: number) => void;
  /** Shows the error elsewhere; the box is then only marked. */
  readonly onError?: (message: string | undefined) => void;
  readonly disabled?: boolean;
  /** Takes over a typed number even where it is the present value. */
  readonly commitSame?: boolean;
  readonly describedBy?: string | undefined;
}

/**
 * A field for one number. Enter or leaving it takes the number over; nonsense is refused with an error and the last good
 * value stays in force; Escape brings that value back. The arrow keys move the last shown digit.
 */
export const NumberBox = memo(function NumberBox({
  name,
  value,
  check,
  onCommit,
  onError,
  disabled,
  commitSame,
  describedBy,
}: NumberBoxProps) {
  const [draft, setDraft] = useState<string>();
  const [error, setError] = useState<string>();
  const [known, setKnown] = useState(value);
  // The value was changed elsewhere (slider, undo): what was typed here is void.
  if (known !== value) {
    setKnown(value);
    setDraft(undefined);
    setError(undefined);
  }

  const report = (message: string | undefined) => {
    setError(message);
    onError?.(message);
  };

  const commit = () => {
    if (draft === undefined) return;
    const parsed = parseNumber(draft);
    const message = parsed === undefined ? 'This is not a number.' : check(parsed);
    report(message);
    if (message !== undefined || parsed === undefined) return;
    setDraft(undefined);
    if (parsed !== value || commitSame === true) onCommit(parsed);
  };

  const nudge = (direction: 1 | -1) => {
    const next = nudged(value, direction);
    if (check(next) !== undefined) return;
    setDraft(undefined);
    report(undefined);
    onCommit(next);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') commit();
    else if (event.key === 'Escape' && (draft !== undefined || error !== undefined)) {
      setDraft(undefined);
      report(undefined);
      event.stopPropagation();
    } else if (event.key === 'ArrowUp') nudge(1);
    else if (event.key === 'ArrowDown') nudge(-1);
    else return;
    if (event.key.startsWith('Arrow')) event.preventDefault();
  };

  return (
    <TextInput
      classNames={{ input: classes['number']! }}
      aria-label={name}
      {...(describedBy === undefined ? {} : { 'aria-describedby': describedBy })}
      {...(draft === undefined && numberText(value) !== String(value) ? { title: String(value) } : {})}
      value={draft ?? numberText(value)}
      error={onError ? error !== undefined : (error ?? false)}
      aria-invalid={error !== undefined}
      disabled={disabled ?? false}
      inputMode="decimal"
      autoComplete="off"
      spellCheck={false}
      onFocus={(event) => {
        event.currentTarget.select();
      }}
      onChange={(event) => {
        setDraft(event.currentTarget.value);
        if (error !== undefined) report(undefined);
      }}
      onBlur={commit}
      onKeyDown={onKeyDown}
    />
  );
});

/** One unit of the second digit up or down; whole numbers stay whole. */
function nudged(value: number, direction: 1 | -1): number {
  if (value === 0) return direction;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  if (Number.isInteger(value)) return value + direction * Math.max(1, unit);
  return Number((value + direction * unit).toPrecision(6));
}
