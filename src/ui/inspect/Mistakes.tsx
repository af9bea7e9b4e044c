import { useEffect, useRef } from 'react';
import { formatCount, formatLoss, formatParameter } from '../../export/figure/format';
import type { Inspection, Mistake, ShownRows } from '../../worker/protocol';
import { pictureOf } from '../problem/picture-data';
import classes from './inspect.module.css';

type Pictures = Extract<ShownRows, { kind: 'pictures' }>;

/** The rows whose class is missed most clearly. */
export function Mistakes({ inspection }: { readonly inspection: Inspection }) {
  const { mistakes, shown, looked, accuracy, set } = inspection;
  const wrong = looked - Math.round(accuracy * looked);
  if (wrong === 0) return <p className={classes['note']}>Every one of these rows is right.</p>;
  const told = mistakes.length < wrong ? `The ${mistakes.length} worst of ${formatCount(wrong)} mistakes` : 'Mistakes';
  return (
    <div className={classes['mistakes']}>
      <h3>{told}, true → predicted</h3>
      {shown?.kind === 'pictures' ? (
        <ul className={classes['pictures']}>
          {mistakes.map((mistake, k) => (
            <li key={mistake.row} title={`${set} row ${mistake.row + 1}, loss ${formatLoss(mistake.loss)}`}>
              <Picture pictures={shown} at={k} />
              <span>{verdict(inspection, mistake)}</span>
            </li>
          ))}
        </ul>
      ) : (
        <div className={classes['scroll']} tabIndex={0} role="region" aria-label="Mistakes">
          <table>
            <thead>
              <tr>
                <th scope="col">{set} row</th>
                {shown && <th scope="col">point</th>}
                <th scope="col">class</th>
                <th scope="col">loss</th>
              </tr>
            </thead>
            <tbody>
              {mistakes.map((mistake, k) => (
                <tr key={mistake.row}>
                  <th scope="row">{formatCount(mistake.row + 1)}</th>
                  {shown && (
                    <td>
                      ({coordinate(shown.points[2 * k]!)}, {coordinate(shown.points[2 * k + 1]!)})
                    </td>
                  )}
                  <td>{verdict(inspection, mistake)}</td>
                  <td>{formatLoss(mistake.loss)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

const coordinate = (value: number) => formatParameter(value, 2).replace('-', '−');

const verdict = ({ classes: names }: Inspection, { actual, predicted }: Mistake) =>
  `${names[actual]!} → ${names[predicted]!}`;

function Picture({ pictures, at }: { readonly pictures: Pictures; readonly at: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = pictures;
  useEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(new ImageData(pictureOf(pictures, at), width, height), 0, 0);
  }, [pictures, at, width, height]);
  return <canvas ref={canvas} width={width} height={height} aria-hidden="true" />;
}
