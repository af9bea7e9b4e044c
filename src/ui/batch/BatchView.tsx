/** Speed of convergence against batch size: theory, regimes, and by command the measurement. */
import { Button, Progress, SegmentedControl, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { EXACT_STROKE, GUARANTEED_STROKE, type SpeedUnit } from '../../export/figure/batch';
import { optimizerOf } from '../../optimizers/registry';
import { useExperiment } from '../../state/experiment-store';
import { useSession } from '../../state/session-store';
import { BATCH_OPTIMIZERS, batchAdvice } from '../../theory/batch-curve';
import { isComplete } from '../../theory/spectral';
import { useBatchStudy } from '../batch-context';
import { Key, LineKey } from '../chart/LineKey';
import { Failure } from '../frame/Failure';
import { Swatch } from '../chart/Swatch';
import classes from './batch.module.css';
import { BatchChart } from './BatchChart';
import { BatchExport } from './BatchExport';
import { BatchTable } from './BatchTable';

export function BatchView() {
  const study = useBatchStudy();
  const config = useExperiment((state) => state.config);
  const objective = useSession((state) => state.objective);
  const datasets = useSession((state) => state.datasets);
  const state = useStore(study.store);
  const scheme = useComputedColorScheme('light');
  const [unit, setUnit] = useState<SpeedUnit>('step');
  const { ref, width } = useElementSize<HTMLDivElement>();

  const network = config.problem.kind === 'network';
  // The engine has the problem at hand once it told its objective.
  useEffect(() => {
    if (objective && !network) study.follow(config);
  }, [study, config, objective, network]);
  useEffect(() => study.forget, [study, datasets]);

  const constants = state.constants ?? objective?.constants;
  const complete = constants && isComplete(constants) ? constants : undefined;
  if (network)
    return (
      <section className={classes['batch']} aria-labelledby="batch-heading">
        <header className={classes['header']}>
          <h2 id="batch-heading">Batch size</h2>
        </header>
        <p className={classes['note']}>
          What a batch size is worth follows from theory for linear problems only: for a network, choose the batch size
          as an axis of a sweep.
        </p>
      </section>
    );
  const colours = { sgd: optimizerOf('sgd').colour[scheme], mass: optimizerOf('mass').colour[scheme] };
  return (
    <section className={classes['batch']} aria-labelledby="batch-heading">
      <header className={classes['header']}>
        <h2 id="batch-heading">Batch size</h2>
        <SegmentedControl
          size="xs"
          aria-label="Speed of convergence"
          value={unit}
          onChange={(value) => {
            setUnit(value);
          }}
          data={[
            { value: 'step', label: 'Per step' },
            { value: 'sample', label: 'Per sample' },
          ]}
        />
        <Button
          size="compact-xs"
          variant="light"
          disabled={!objective}
          onClick={state.measuring ? study.stop : study.measure}
        >
          {state.measuring ? 'Stop measuring' : 'Measure'}
        </Button>
        {complete && <BatchExport config={config} source={{ ...state, config, constants: complete }} unit={unit} />}
      </header>
      {state.measuring && (
        <div className={classes['progress']}>
          <Progress value={100 * state.fraction} size="sm" aria-label="Progress of the measurement" />
          <span>{state.doing}</span>
        </div>
      )}
      {state.failure && <Failure title="The measurement stopped.">{state.failure}</Failure>}
      {complete ? (
        <>
          <p className={classes['advice']}>{batchAdvice(complete)}</p>
          <ul className={classes['legend']} aria-label="Lines of the batch-size chart">
            {BATCH_OPTIMIZERS.map((optimizer) => (
              <li key={optimizer}>
                <Swatch style={{ colour: colours[optimizer], dash: undefined }} />
                {optimizerOf(optimizer).label} at its best
              </li>
            ))}
            <LineKey stroke={EXACT_STROKE}>exact</LineKey>
            <LineKey stroke={GUARANTEED_STROKE}>guaranteed</LineKey>
            {state.measured.length > 0 && (
              <Key
                picture={
                  <>
                    <path d="M8 0.5h6m-3 0V9.5m-3 0h6" />
                    <circle cx={11} cy={5} r={3} fill="currentColor" stroke="none" />
                  </>
                }
              >
                measured, 95 % interval
              </Key>
            )}
          </ul>
          <div ref={ref} className={classes['stage']}>
            {width > 0 && (
              <BatchChart
                constants={complete}
                exact={state.exact}
                measured={state.measured}
                unit={unit}
                width={width}
                colours={colours}
              />
            )}
          </div>
          <BatchTable state={state} unit={unit} />
          <p className={classes['note']}>
            Optimal hyper-parameters at every batch size, rows drawn with replacement. Exact: −ln ρ; measured: slope of
            the logarithm of the mean loss in its later half. Other optimizers have no optimal hyper-parameters in this
            theory.
          </p>
        </>
      ) : (
        <p className={classes['note']}>
          {objective
            ? 'The theory needs the smallest curvature μ, which is not known for this problem yet. “Measure” works it out first.'
            : 'The picture appears as soon as the problem is prepared.'}
        </p>
      )}
    </section>
  );
}
