import { useView } from '../state/view-store';
import classes from './app.module.css';
import { useController } from './controller-context';
import { FileDrop } from './FileDrop';
import { Banners } from './frame/Banner';
import { ErrorBoundary } from './frame/ErrorBoundary';
import { Header } from './frame/Header';
import { useShortcuts } from './keyboard';
import { ProblemPanel } from './problem/ProblemPanel';
import { RunList } from './runs/RunList';
import { SettingsPanel } from './settings/SettingsPanel';
import { TourCard } from './tour/TourCard';
import { TourOffer } from './tour/TourOffer';
import { views } from './views';

/** The whole page: the header, the open view, and beside it what the experiment is made of. */
export function App() {
  const controller = useController();
  useShortcuts(controller);
  const open = useView((state) => state.place);
  const { place, label, View, panel } = views.find((view) => view.place === open) ?? views[0];
  return (
    <FileDrop>
      <div className={classes['page']}>
        {panel && (
          <a className={classes['skip']} href="#controls">
            Skip to the controls
          </a>
        )}
        <Header />
        <TourOffer />
        <Banners />
        <div className={classes['columns']} data-panel={panel}>
          <main className={classes['main']} data-place={place}>
            <ErrorBoundary key={place} place={`The view “${label}”`}>
              <View />
            </ErrorBoundary>
          </main>
          {panel && (
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
          )}
        </div>
        <TourCard />
      </div>
    </FileDrop>
  );
}
