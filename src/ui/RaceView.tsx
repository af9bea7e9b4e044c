import { memo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { metricsIn } from '../experiment/curves';
import { missingFiles } from '../state/datasets';
import { useExperiment } from '../state/experiment-store';
import { useSession } from '../state/session-store';
import { useView } from '../state/view-store';
import classes from './app.module.css';
import { RaceChart } from './chart/RaceChart';
import { Descent } from './descent/Descent';
import { Equations } from './equations/Equations';
import { EmptyStage } from './frame/EmptyStage';
import { ErrorBoundary } from './frame/ErrorBoundary';
import { RaceVerdict } from './gallery/RaceVerdict';
import { LookCloser } from './inspect/LookCloser';
import { Transport } from './transport/Transport';

/** The race and what explains it. The chart comes first: on a phone it is what one sees. */
export function RaceView() {
  return (
    <>
      <ErrorBoundary place="The chart">
        <Stage />
      </ErrorBoundary>
      <ErrorBoundary place="The closer look">
        <LookCloser />
      </ErrorBoundary>
      <ErrorBoundary place="The equations">
        <Equations />
      </ErrorBoundary>
      <ErrorBoundary place="The descent picture">
        <Descent />
      </ErrorBoundary>
    </>
  );
}

/** The chart and the transport under it, or what is missing before there can be one. */
function Stage() {
  const datasets = useSession((state) => state.datasets);
  const imported = useSession((state) => state.imported);
  const missing = useExperiment(useShallow(({ config }) => (imported ? [] : missingFiles(config, datasets))));
  const enabled = useExperiment(({ config }) => config.runs.some((run) => run.enabled !== false));
  const blocked = missing.length > 0 ? 'Waiting for data' : enabled ? undefined : 'No run is switched on';
  return (
    <section className={classes['stage']} aria-label="Race">
      {missing.length > 0 ? <EmptyStage missing={missing} /> : <Chart />}
      <ErrorBoundary place="The verdict">
        <RaceVerdict />
      </ErrorBoundary>
      <div className={classes['transport']}>
        <Transport blocked={blocked} />
      </div>
    </section>
  );
}

const Chart = memo(function Chart() {
  const shown = useSession((state) => state.shown);
  const generation = useSession((state) => state.generation);
  const objective = useSession((state) => state.objective);
  const imported = useSession((state) => state.imported);
  const metrics = useSession(
    useShallow(({ objective: known, shown: runs }) => known?.metrics ?? metricsIn(runs.map(({ curve }) => curve))),
  );
  const problem = useSession(({ computed }) => computed?.problem);
  const failed = useSession((state) => state.failure !== undefined);
  const steps = useExperiment((state) => state.config.steps);
  const view = useView((state) => state);
  return (
    <div className={classes['chart']}>
      <RaceChart
        runs={shown}
        metrics={metrics}
        version={generation}
        epochRows={imported ? imported.epochRows : objective?.rows}
        coordinates={objective?.coordinates}
        steps={steps}
        problem={problem}
        failed={failed}
        view={view}
        onView={view.set}
      />
    </div>
  );
});
