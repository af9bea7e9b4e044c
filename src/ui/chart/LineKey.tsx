import type { ReactNode } from 'react';
import type { Stroke } from '../../export/figure/theory';
import classes from './chart.module.css';

interface LineKeyProps {
  readonly stroke: Stroke;
  readonly upright?: boolean;
  readonly children: string;
}

/** A legend's entry for a kind of line that comes in the colour of every run, or in none. */
export function LineKey({ stroke, upright = false, children }: LineKeyProps) {
  const { width, dash, cap } = stroke;
  return (
    <Key
      picture={
        <path d={upright ? 'M11 0v10' : 'M1 5h20'} strokeWidth={width} strokeDasharray={dash} strokeLinecap={cap} />
      }
    >
      {children}
    </Key>
  );
}

/** A legend's entry in neutral ink; the picture is 22 pixels wide and 10 high. */
export function Key({ picture, children }: { readonly picture: ReactNode; readonly children: string }) {
  return (
    <li className={classes['key']}>
      <svg className={classes['swatch']} width={22} height={10} stroke="currentColor" fill="none" aria-hidden="true">
        {picture}
      </svg>
      {children}
    </li>
  );
}
