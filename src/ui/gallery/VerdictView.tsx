import type { Verdict } from '../../gallery/types';
import { CheckTable } from './CheckTable';
import { FigureChart } from './FigureChart';
import classes from './gallery.module.css';

interface VerdictViewProps {
  readonly verdict: Verdict;
  /** Title of the claim. */
  readonly name: string;
}

/** What was found: the sentence, the figures, and every check. The checks are open where one failed or nothing is drawn. */
export function VerdictView({ verdict, name }: VerdictViewProps) {
  const { checks, sentence, figures } = verdict;
  const held = checks.filter((check) => check.held).length;
  return (
    <div className={classes['verdict']}>
      <div className={classes['found']}>
        <p className={classes['sentence']}>{sentence}</p>
        {figures.map((figure) => (
          <FigureChart key={figure.id} figure={figure} />
        ))}
      </div>
      <details open={held < checks.length || figures.length === 0}>
        <summary>
          {held === checks.length ? `All ${checks.length} checks held` : `${held} of ${checks.length} checks held`}
        </summary>
        <CheckTable checks={checks} name={name} />
      </details>
    </div>
  );
}
