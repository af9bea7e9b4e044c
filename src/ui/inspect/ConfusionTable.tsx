import { formatCount } from '../../export/figure/format';
import type { Inspection } from '../../worker/protocol';
import { cellColours, percent, rowsOf } from './numbers';
import classes from './inspect.module.css';

/** Which class is taken for which: a row for each class, a column for each answer. */
export function ConfusionTable({ inspection }: { readonly inspection: Inspection }) {
  const { classes: names, counts } = inspection;
  const n = names.length;
  return (
    <figure className={classes['confusion']}>
      <figcaption className={classes['note']}>
        Rows: what it is. Columns: what it is taken for. Colour: share of its row.
      </figcaption>
      <div className={classes['scroll']} tabIndex={0} role="region" aria-label="Confusion matrix">
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">class</span>
              </th>
              {names.map((name, j) => (
                <th key={j} scope="col">
                  {name}
                </th>
              ))}
              <th scope="col" className={classes['found']}>
                found
              </th>
            </tr>
          </thead>
          <tbody>
            {names.map((name, i) => {
              const rows = rowsOf(inspection, i);
              return (
                <tr key={i}>
                  <th scope="row">{name}</th>
                  {names.map((_, j) => {
                    const count = counts[i * n + j]!;
                    return (
                      <td key={j} data-right={i === j} style={count > 0 ? cellColours(count / rows) : {}}>
                        {formatCount(count)}
                      </td>
                    );
                  })}
                  <td className={classes['found']}>{rows > 0 ? percent(counts[i * n + i]! / rows) : '–'}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
