import { useSession } from '../state/session-store';
import { useExperiment } from '../state/experiment-store';
import { missingFiles } from '../state/datasets';
import { useView } from '../state/view-store';
import classes from './app.module.css';
import { BatchView } from './batch/BatchView';
import { RaceChart } from './chart/RaceChart';
import { useController } from './controller-context';
import { Descent } from './descent/Descent';
import { Equations } from './equations/Equations';
import { FileDrop } from './FileDrop';
import { Banners } from './frame/Banner';
import { EmptyStage } from './frame/EmptyStage';
import { ErrorBoundary } from './frame/ErrorBoundary';
import { Header } from './frame/Header';
import { useShortcuts } from './keyboard';
import { ProblemPanel } from './problem/ProblemPanel';
import { RunList } from './runs/RunList';
import { SettingsPanel } from './settings/SettingsPanel';
import { Transport } from './transport/Transport';

/** The whole page. The chart comes first in the document: on a phone it is what one sees. */
export function App() {
  const controller = useController();
  useShortcuts(controller);
  return (
    <FileDrop>
      <div className={classes['page']}>
        <a className={classes['skip']} href="#controls">
          Skip to the controls
        </a>
        <Header />
        <Banners />
        <div className={classes['columns']}>
          <main className={classes['main']}>
            <ErrorBoundary place="The chart">
              <Stage />
            </ErrorBoundary>
            <ErrorBoundary place="The equations">
              <Equations />
            </ErrorBoundary>
            <ErrorBoundary place="The batch-size view">
              <BatchView />
            </ErrorBoundary>
            <ErrorBoundary place="The descent picture">
              <Descent />
            </ErrorBoundary>
          </main>
          <aside className={classes['side']} id="controls" tabIndex={-1} aria-label="Experiment">
            <div className={classes['setup']}>
              <ErrorBoundary place="The problem">
                <ProblemPanel />
              </ErrorBoundary>
              <ErrorBoundary place="The settings">
                <SettingsPanel />
              </ErrorBoundary>
            </div>
            <div className={classes['runs']}>
              <ErrorBoundary place="The list of runs">
                <RunList />
              </ErrorBoundary>
            </div>
          </aside>
        </div>
      </div>
    </FileDrop>
  );
}

/** The chart and the transport under it, or what is missing before there can be one. */
function Stage() {
  const config = useExperiment((state) => state.config);
  const datasets = useSession((state) => state.datasets);
  const imported = useSession((state) => state.imported);
  const missing = imported ? [] : missingFiles(config, datasets);
  const enabled = config.runs.some((run) => run.enabled !== false);
  const blocked = missing.length > 0 ? 'Waiting for data' : enabled ? undefined : 'No run is switched on';
  return (
    <section className={classes['stage']} aria-label="Race">
      {missing.length > 0 ? <EmptyStage missing={missing} /> : <Chart />}
      <div className={classes['transport']}>
        <Transport blocked={blocked} />
      </div>
    </section>
  );
}

function Chart() {
  const shown = useSession((state) => state.shown);
  const generation = useSession((state) => state.generation);
  const objective = useSession((state) => state.objective);
  const imported = useSession((state) => state.imported);
  const steps = useExperiment((state) => state.config.steps);
  const view = useView((state) => state);
  return (
    <div className={classes['chart']}>
      <RaceChart
        runs={shown}
        version={generation}
        epochRows={imported ? imported.epochRows : objective?.rows}
        coordinates={objective?.coordinates}
        steps={steps}
        view={view}
        onView={view.set}
      />
    </div>
  );
}
