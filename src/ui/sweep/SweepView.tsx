/** Step size by batch size, or any two other parameters, for all runs at once: one map per run. */
import { Button, NativeSelect, SegmentedControl, Switch } from '@mantine/core';
import { useMediaQuery, useThrottledValue } from '@mantine/hooks';
import { IconMarquee2 } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { colourScale } from '../../export/sweep/colours';
import { isFinished, readMaps, runAt, type CellPlace, type MapValues, type SweepData } from '../../export/sweep/data';
import { overlaysThere } from '../../export/sweep/legend';
import { metricOf, metricsOf, type Metric, type MetricId } from '../../export/sweep/metrics';
import { winnerSentence } from '../../export/sweep/winner';
import { missingFiles } from '../../state/datasets';
import { experimentStore, useExperiment } from '../../state/experiment-store';
import { session, useSession } from '../../state/session-store';
import { defaultSweep, refined, sweepProblem, type Region } from '../../state/sweep-axes';
import { bestConstants, isOutdated, sweepDataOf } from '../../state/sweep-store';
import { useSweepView } from '../../state/sweep-view';
import { viewStore } from '../../state/view-store';
import { notify } from '../notify';
import { ColourLegend } from './ColourLegend';
import { useSweepStudy } from './context';
import { engineOf } from '../frame/export-source';
import { HeatMaps } from './HeatMaps';
import classes from './sweep.module.css';
import { SweepExport } from './SweepExport';
import { SweepSetup } from './SweepSetup';
import { SweepTable } from './SweepTable';
import { SweepTransport } from './SweepTransport';

const BY_MOUSE =
  'Click a cell to race it; drag over a region to sweep it more finely, undo goes back. Keyboard: arrows move, Shift marks a region, Enter opens or refines.';
const BY_TOUCH =
  'Tap a cell to read it, and again to race it. “Select a region” lets a finger mark what to sweep more finely, undo goes back.';
const SELECTING = 'Draw over a region with a finger: it is swept more finely once you let go.';

const sum = (maps: readonly MapValues[], of: (map: MapValues) => number) => maps.reduce((all, map) => all + of(map), 0);

export function SweepView() {
  const study = useSweepStudy();
  const config = useExperiment((state) => state.config);
  const objective = useSession((state) => state.objective);
  const datasets = useSession((state) => state.datasets);
  const state = useStore(study.store);
  const { metric: metricId, table, set } = useSweepView((view) => view);
  const { cells } = state;
  const touch = useMediaQuery('(any-pointer: coarse)', false, { getInitialValueInEffect: false });
  const [asked, setAsked] = useState(false);
  const selecting = touch && asked && !table;
  const constants = bestConstants(cells, config, objective?.constants);
  const draft = useMemo(() => config.sweep ?? defaultSweep(config, constants), [config, constants]);
  const data = useMemo(() => sweepDataOf(cells, config, draft, constants), [cells, config, draft, constants]);
  const offered = useMemo(() => metricsOf(data.outcomes.values()), [data]);
  const metric = useMemo(() => offered.find(({ id }) => id === metricId) ?? metricOf('steps'), [offered, metricId]);
  const values = useMemo(() => readMaps(data, metric), [data, metric]);
  const scale = useMemo(() => colourScale(values, metric), [values, metric]);

  const finished = sum(values, (map) => map.finished);
  const total = data.maps.length * data.x.values.length * data.y.values.length;
  const blocked =
    missingFiles(config, datasets).length > 0
      ? 'Waiting for data'
      : data.maps.length === 0
        ? 'No run is switched on'
        : undefined;
  const problem = sweepProblem(draft, config);

  const change = (sweep: typeof draft) => experimentStore.getState().edit((old) => ({ ...old, sweep }))?.message;
  const start = (sweep = draft) => {
    const refused = experimentStore.getState().config.sweep === sweep ? undefined : change(sweep);
    if (refused === undefined) study.start();
    else notify({ level: 'error', message: refused, topic: 'sweep' });
  };
  const refine = (region: Region) => {
    setAsked(false);
    start(refined(draft, region));
  };
  const open = (place: CellPlace) => {
    const opened = experimentStore.getState().openRun(runAt(data, place));
    if (typeof opened === 'number') viewStore.getState().set({ place: 'race', selected: opened });
    else notify({ level: 'error', message: opened.message, topic: 'sweep' });
  };

  return (
    <section className={classes['sweep']} aria-labelledby="sweep-heading">
      <header className={classes['header']}>
        <h2 id="sweep-heading">Sweep</h2>
        <SweepExport
          getSource={() => ({ data, engine: engineOf(session.store.getState()) })}
          metric={metric}
          empty={finished === 0}
        />
      </header>
      <SweepSetup
        sweep={draft}
        config={config}
        maps={data.maps}
        constants={constants}
        rate={state.rate}
        onChange={change}
      />
      <SweepTransport
        study={study}
        state={state}
        finished={finished}
        total={total}
        blocked={blocked ?? (problem === undefined ? undefined : 'Cannot start')}
        onStart={() => {
          start();
        }}
      />
      {problem !== undefined && (
        <p className={classes['error']} role="alert">
          {problem}
        </p>
      )}
      {isOutdated(cells, config) && (
        <p className={classes['note']}>
          The experiment has changed since the last sweep: its cells are blank here, and are gone once another one
          starts. Undo brings them back.
        </p>
      )}
      <Winner data={data} metric={metric} values={values} finished={finished} />
      {data.maps.length > 0 && (
        <>
          <div className={classes['toolbar']}>
            <MetricSwitch
              offered={offered}
              metric={metric}
              onChange={(id) => {
                set({ metric: id });
              }}
            />
            <Switch
              size="xs"
              label="Table"
              checked={table}
              onChange={(event) => {
                set({ table: event.currentTarget.checked });
              }}
            />
            {touch && !table && (
              <Button
                size="compact-sm"
                variant={selecting ? 'light' : 'default'}
                leftSection={<IconMarquee2 size={15} aria-hidden="true" />}
                aria-pressed={selecting}
                onClick={() => {
                  setAsked(!selecting);
                }}
              >
                Select a region
              </Button>
            )}
          </div>
          <ColourLegend
            scale={scale}
            metric={metric}
            tolerance={draft.tolerance}
            entries={overlaysThere(data, values, metric)}
          />
          {(metric.id === 'loss' || metric.id.startsWith('test')) && draft.stopAtTolerance && (
            <p className={classes['note']}>
              Seeds that reach the tolerance stop there: their last loss lies just below it.
            </p>
          )}
          {table ? (
            <SweepTable data={data} metric={metric} />
          ) : (
            <>
              <HeatMaps {...{ data, values, scale, metric, selecting }} onOpen={open} onRefine={refine} />
              <p className={classes['note']}>{selecting ? SELECTING : touch ? BY_TOUCH : BY_MOUSE}</p>
            </>
          )}
        </>
      )}
    </section>
  );
}

interface MetricSwitchProps {
  readonly offered: readonly Metric[];
  readonly metric: Metric;
  readonly onChange: (id: MetricId) => void;
}

/** What the maps show; in a list where there are more than a phone has room for. */
function MetricSwitch({ offered, metric, onChange }: MetricSwitchProps) {
  const wide = useMediaQuery('(min-width: 48rem)', true, { getInitialValueInEffect: false });
  const data = offered.map(({ id, label }) => ({ value: id, label }));
  return wide || offered.length <= 4 ? (
    <SegmentedControl size="xs" aria-label="What the maps show" value={metric.id} onChange={onChange} data={data} />
  ) : (
    <NativeSelect
      size="xs"
      aria-label="What the maps show"
      value={metric.id}
      data={data}
      onChange={(event) => {
        const chosen = offered.find(({ id }) => id === event.currentTarget.value);
        if (chosen) onChange(chosen.id);
      }}
    />
  );
}

interface WinnerProps {
  readonly data: SweepData;
  readonly metric: Metric;
  readonly values: readonly MapValues[];
  readonly finished: number;
}

/** The result in a sentence; before there is one, what to expect. */
function Winner({ data, metric, values, finished }: WinnerProps) {
  const sentence = useMemo(() => winnerSentence(data, metric, values), [data, metric, values]);
  // A sentence that changes at every frame cannot be read.
  const calm = useThrottledValue(sentence, 400);
  const shown = finished === 0 || isFinished(values) ? sentence : calm;
  return (
    <p className={classes['winner']} data-empty={shown === ''}>
      {shown ||
        'One map per run that is switched on, each cell with its own step size and batch size. Start fills them in, coarse grid first.'}
    </p>
  );
}
