import { useState } from 'react';

/**
 * What is wrong with what was typed for a value, and how to tell it. Once the value is another one (by undo, say) the
 * fields forget what was typed, and so goes what was wrong with it.
 */
export function useFault(value: unknown): [fault: string | undefined, tell: (fault: string | undefined) => void] {
  const [fault, tell] = useState<string>();
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    tell(undefined);
  }
  return [fault, tell];
}
