import { ActionIcon, Kbd, Popover } from '@mantine/core';
import { IconKeyboard } from '@tabler/icons-react';
import classes from './frame.module.css';

const keys: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['Space'], 'Run or pause'],
  [['.'], 'One single step'],
  [['r'], 'Start again'],
  [['Ctrl', 'Z'], 'Undo'],
  [['Ctrl', 'Shift', 'Z'], 'Redo'],
  [['←', '→'], 'Move a slider'],
  [['↑', '↓'], 'Nudge a number'],
  [['Esc'], 'Take back what was typed'],
];

export function HelpPopover() {
  return (
    <Popover position="bottom-end" width={270} trapFocus>
      <Popover.Target>
        <ActionIcon size={32} aria-label="Keyboard shortcuts" title="Keyboard shortcuts">
          <IconKeyboard size={18} aria-hidden="true" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes['keys']} tabIndex={0} role="group" aria-label="Keyboard shortcuts">
          <dl>
            {keys.map(([combination, what]) => (
              <div key={what}>
                <dt>
                  {combination.map((key) => (
                    <Kbd key={key} size="xs">
                      {key}
                    </Kbd>
                  ))}
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
          <p>Numbers may be typed as 0.1, 1e-3, 1/6 or 2^-9, also beyond a slider’s ends.</p>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
