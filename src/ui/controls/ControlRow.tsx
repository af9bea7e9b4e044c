import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './controls.module.css';

interface ControlRowProps {
  readonly label: string;
  readonly help?: string;
  /** Id of the one control that the label belongs to. */
  readonly htmlFor?: string;
  readonly children: ReactNode;
}

/** A label and controls that are no slider, in line with the sliders' labels. */
export function ControlRow({ label, help, htmlFor, children }: ControlRowProps) {
  const text = <span>{label}</span>;
  return (
    <div className={classes['plainRow']}>
      <Tooltip label={help} disabled={help === undefined} openDelay={500} multiline maw={260} position="top-start">
        {htmlFor === undefined ? (
          <span className={classes['label']}>{text}</span>
        ) : (
          <label className={classes['label']} htmlFor={htmlFor}>
            {text}
          </label>
        )}
      </Tooltip>
      <div className={classes['plainControls']}>{children}</div>
    </div>
  );
}
