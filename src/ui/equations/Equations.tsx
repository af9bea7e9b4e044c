import { useComputedColorScheme } from '@mantine/core';
import { useDeferredValue, useMemo } from 'react';
import { runLabels } from '../../export/figure/labels';
import { optimizerOf } from '../../optimizers/registry';
import { useExperiment } from '../../state/experiment-store';
import { selectedIndex, useView } from '../../state/view-store';
import { Swatch } from '../chart/Swatch';
import { Tex } from '../controls/Tex';
import { runStyle } from '../palette';
import { withNumbers } from './tex';
import classes from './equations.module.css';

/** The update rule of the selected run, in symbols and with its present numbers. */
export function Equations() {
  const runs = useExperiment((state) => state.config.runs);
  const ids = useExperiment((state) => state.ids);
  const selected = useView((state) => state.selected);
  const scheme = useComputedColorScheme('light');
  const labels = useMemo(() => runLabels(runs), [runs]);
  const index = selectedIndex(runs, ids, selected);
  // Formulas are dear to set: while a slider is dragged, its curve comes first.
  const run = useDeferredValue(runs[index]);
  if (!run) return null;
  const definition = optimizerOf(run.optimizer);
  const style = runStyle(runs, index, scheme);
  const numbers = [
    ...definition.hyper.map(({ key, symbol }) => ({ symbol, value: run.hyper[key] ?? Number.NaN })),
    ...definition.derived(run.hyper),
  ];
  return (
    <section className={classes['equations']} aria-labelledby="equations-heading">
      <header>
        <h2 id="equations-heading">
          <Swatch style={style} /> {labels[index]}
        </h2>
        <p>
          {definition.summary} <span className={classes['source']}>{definition.source}</span>
        </p>
      </header>
      <div className={classes['lines']} tabIndex={0} role="group" aria-label={`Update equations of ${labels[index]!}`}>
        {definition.equations.map((equation) => (
          <div key={equation} className={classes['line']}>
            <Tex display spoken>
              {equation}
            </Tex>
            <Tex display spoken>
              {withNumbers(equation, numbers, style.colour)}
            </Tex>
          </div>
        ))}
      </div>
    </section>
  );
}
