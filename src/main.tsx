// First: the engine's worker is to load while the page sets itself up.
import { onCrash, service } from './worker/page-engine';
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import 'katex/dist/katex.min.css';
import './ui/global.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createFileCache } from './data/download/cache';
import { createBatchStudy } from './state/batch-store';
import { createController } from './state/controller';
import { createDownloads } from './state/download-store';
import { experimentStore } from './state/experiment-store';
import { createGallery } from './state/gallery-store';
import { session } from './state/session-store';
import { createSweepStudy } from './state/sweep-store';
import { createTour } from './state/tour-store';
import { viewStore } from './state/view-store';
import { App } from './ui/App';
import { BatchContext } from './ui/batch-context';
import { ControllerContext } from './ui/controller-context';
import { DownloadsContext } from './ui/downloads-context';
import { ErrorBoundary } from './ui/frame/ErrorBoundary';
import { GalleryContext } from './ui/gallery-context';
import { notify } from './ui/notify';
import { syncPermalink } from './ui/permalink-sync';
import { syncPlace } from './ui/place-sync';
import { SweepContext } from './ui/sweep/context';
import { stops } from './ui/tour/stops';
import { TourContext } from './ui/tour-context';
import { tourMemory } from './ui/tour/memory';
import { theme } from './ui/theme';
import { ServiceContext } from './ui/service-context';

onCrash((message) => {
  session.fail(message);
});

const controller = createController({
  service,
  experiment: experimentStore,
  session,
  view: viewStore,
  notify,
  frame: (callback) => requestAnimationFrame(callback),
  delay: (callback, ms) => {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
  openSweep: (result) => {
    sweepStudy.open(result);
    viewStore.getState().set({ place: 'sweep' });
  },
});

const gallery = createGallery({ service, experiment: experimentStore, session, view: viewStore, controller });
const tour = createTour({ stops, gallery, experiment: experimentStore, view: viewStore, memory: tourMemory });
const batchStudy = createBatchStudy(service);
const sweepStudy = createSweepStudy({
  service,
  experiment: experimentStore,
  session: session.store,
  notify,
  // A dozen pictures a second are enough to see cells fill in.
  frame: (callback) => {
    setTimeout(() => requestAnimationFrame(callback), 70);
  },
});

const downloads = createDownloads({
  readList: async (): Promise<unknown> => {
    const response = await fetch(new URL('data-sets.json', document.baseURI));
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response.json();
  },
  cache: createFileCache({
    // Both are missing where the page was not opened securely, whatever their types say.
    caches: 'caches' in window ? window.caches : undefined,
    estimate: () => navigator.storage.estimate(),
    base: document.baseURI,
  }),
  network: {
    fetch: (url, init) => fetch(url, { ...init, credentials: 'omit', cache: 'no-store' }),
    online: () => navigator.onLine,
    subtle: window.isSecureContext ? crypto.subtle : undefined,
    patience: 30_000,
  },
  experiment: experimentStore,
  session,
  addFiles: controller.addFiles,
});

syncPermalink(experimentStore, notify);
syncPlace(viewStore, experimentStore);

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Notifications position="bottom-right" limit={4} />
      <ErrorBoundary place="The page">
        <ControllerContext value={controller}>
          <DownloadsContext value={downloads}>
            <ServiceContext value={service}>
              <BatchContext value={batchStudy}>
                <SweepContext value={sweepStudy}>
                  <GalleryContext value={gallery}>
                    <TourContext value={tour}>
                      <App />
                    </TourContext>
                  </GalleryContext>
                </SweepContext>
              </BatchContext>
            </ServiceContext>
          </DownloadsContext>
        </ControllerContext>
      </ErrorBoundary>
    </MantineProvider>
  </StrictMode>,
);

// `?engine=cpu` asks for the float64 engine even where there is a GPU.
const engine = new URLSearchParams(window.location.search).get('engine') === 'cpu' ? 'cpu' : 'auto';
controller.start(engine).catch((error: unknown) => {
  session.fail(error instanceof Error ? error.message : String(error));
});
