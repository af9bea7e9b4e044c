import { Loader, NativeSelect } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { useState } from 'react';
import { runKey } from '../../experiment/config';
import { formatCount, formatLoss } from '../../export/figure/format';
import { runLabels } from '../../export/figure/labels';
import { useExperiment } from '../../state/experiment-store';
import { useSession } from '../../state/session-store';
import type { Inspection, Progress } from '../../worker/protocol';
import { Failure } from '../frame/Failure';
import { ConfusionTable } from './ConfusionTable';
import { Mistakes } from './Mistakes';
import { percent, worstConfusion } from './numbers';
import { useInspection } from './use-inspection';
import { WeightsExport } from './WeightsExport';
import classes from './inspect.module.css';

const GOING = 'Pause the race, or wait for its end, to look at what the runs have learned.';
/** Why there is nothing to look at. */
const WAITING: Readonly<Record<Exclude<Progress['state'], 'finished' | 'paused'>, string>> = {
  preparing: GOING,
  running: GOING,
  idle: 'The race was stopped, and its weights are gone: run it again to look at what it learns.',
  failed: 'The race has failed, and its weights are gone.',
};

/** What the runs on a network have learned, once they stand still. Nothing for other problems. */
export function LookCloser() {
  const network = useSession(({ objective, imported }) => objective?.parameters !== undefined && !imported);
  return network ? <Section /> : null;
}

function Section() {
  const { ref, entry } = useIntersection<HTMLElement>({ rootMargin: '100px' });
  const config = useExperiment((state) => state.config);
  const classified = useSession(({ objective }) => objective?.metrics.includes('accuracy') ?? false);
  const state = useSession(({ progress }) => progress.state);
  const still = state === 'finished' || state === 'paused';
  const labels = runLabels(config.runs);
  const runs = config.runs.flatMap((run, k) => (run.enabled === false ? [] : [{ run, label: labels[k]! }]));
  const [chosen, setChosen] = useState({ run: 0, seed: 0 });
  const at = Math.max(0, Math.min(chosen.run, runs.length - 1));
  const seed = Math.min(chosen.seed, config.seeds - 1);
  const run = runs[at]?.run;
  const look = useInspection(run && runKey(run), seed, still && classified && (entry?.isIntersecting ?? false));
  return (
    <section ref={ref} className={classes['inspect']} aria-labelledby="inspect-heading">
      <header>
        <div>
          <h2 id="inspect-heading">Look closer</h2>
          <p>What a run has learned: which classes it confuses, and the rows that it gets most wrong.</p>
        </div>
        {run && (
          <div className={classes['toolbar']}>
            <NativeSelect
              size="xs"
              aria-label="Run to look at"
              value={String(at)}
              data={runs.map(({ label }, k) => ({ value: String(k), label }))}
              onChange={(event) => {
                setChosen({ run: Number(event.currentTarget.value), seed });
              }}
            />
            {config.seeds > 1 && (
              <NativeSelect
                size="xs"
                aria-label="Seed to look at"
                value={String(seed)}
                data={Array.from({ length: config.seeds }, (_, k) => ({ value: String(k), label: `seed ${k + 1}` }))}
                onChange={(event) => {
                  setChosen({ run: at, seed: Number(event.currentTarget.value) });
                }}
              />
            )}
            <WeightsExport config={config} run={run} seed={seed} disabled={!still} />
          </div>
        )}
      </header>
      {!still ? (
        <p className={classes['note']}>{WAITING[state]}</p>
      ) : !classified ? (
        <p className={classes['note']}>This network predicts values, not classes: there is nothing to confuse.</p>
      ) : (
        <div aria-live="polite">
          {look === undefined && (
            <p className={classes['note']}>
              <Loader size={12} aria-hidden="true" /> Looking at the rows …
            </p>
          )}
          {look?.kind === 'none' && (
            <p className={classes['note']}>
              The weights of this run are not there any more: start it again to see them.
            </p>
          )}
          {look?.kind === 'failed' && <Failure title="The rows could not be looked at.">{look.message}</Failure>}
          {look?.kind === 'found' && <Found inspection={look.inspection} />}
        </div>
      )}
    </section>
  );
}

function Found({ inspection }: { readonly inspection: Inspection }) {
  const { looked, available, set, accuracy, loss, step } = inspection;
  const right = Math.round(accuracy * looked);
  const worst = worstConfusion(inspection);
  const of = looked < available ? `the first ${formatCount(looked)} of ${formatCount(available)}` : formatCount(looked);
  return (
    <>
      <p className={classes['summary']}>
        After {formatCount(step)} {step === 1 ? 'step' : 'steps'}, <strong>{percent(accuracy)}</strong> of {of} {set}{' '}
        rows are right ({formatCount(right)}); their mean loss is {formatLoss(loss)}.
        {worst && ` Most often ${worst.actual} is taken for ${worst.predicted}: ${formatCount(worst.count)}×.`}
      </p>
      <div className={classes['parts']}>
        <ConfusionTable inspection={inspection} />
        <Mistakes inspection={inspection} />
      </div>
    </>
  );
}
