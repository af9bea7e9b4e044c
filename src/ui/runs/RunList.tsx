import { Button, Menu, useComputedColorScheme } from '@mantine/core';
import { IconAdjustments, IconPlus, IconWand } from '@tabler/icons-react';
import { memo, useMemo } from 'react';
import { runLabels } from '../../export/figure/labels';
import { optimizers } from '../../optimizers/registry';
import { experimentStore, useExperiment } from '../../state/experiment-store';
import { useSession } from '../../state/session-store';
import { optimalRun } from '../../state/step-sizes';
import { selectedIndex, useView, viewStore } from '../../state/view-store';
import { Swatch } from '../chart/Swatch';
import { useController } from '../controller-context';
import { runStyle } from '../palette';
import { RunCard } from './RunCard';
import classes from './runs.module.css';

/** The cards of all runs and the button that adds one. */
export function RunList() {
  const runs = useExperiment((state) => state.config.runs);
  const ids = useExperiment((state) => state.ids);
  const selected = useView((state) => state.selected);
  const chosen = selectedIndex(runs, ids, selected);
  const scheme = useComputedColorScheme('light');
  const labels = useMemo(() => runLabels(runs), [runs]);
  return (
    <section aria-labelledby="runs-heading" className={classes['section']}>
      <div className={classes['heading']}>
        <h2 id="runs-heading">Runs</h2>
        <FitButtons />
      </div>
      <ul className={classes['list']}>
        {runs.map((run, index) => {
          const { colour, dash } = runStyle(runs, index, scheme);
          return (
            <RunCard
              key={ids[index]}
              id={ids[index]!}
              run={run}
              name={labels[index]!}
              colour={colour}
              dash={dash}
              selected={chosen === index}
              only={runs.length === 1}
            />
          );
        })}
      </ul>
      <AddRun />
    </section>
  );
}

/** What theory sets in all runs at once. */
function FitButtons() {
  const controller = useController();
  const fits = useSession((state) => state.objective?.constants !== undefined);
  const constants = useSession((state) => state.objective?.constants);
  const optimal = useExperiment(({ config }) => config.runs.some((run) => optimalRun(run, constants) !== undefined));
  return (
    <>
      <Button
        size="compact-xs"
        variant="subtle"
        leftSection={<IconWand size={14} aria-hidden="true" />}
        title="Sets what the paper proves optimal at each run’s batch size, for SGD and MaSS"
        disabled={!optimal}
        onClick={() => {
          controller.fitOptimal();
        }}
      >
        Optimal
      </Button>
      <Button
        size="compact-xs"
        variant="subtle"
        leftSection={<IconAdjustments size={14} aria-hidden="true" />}
        title="Gives every run but Adam the step size 1/Lₘ that theory vouches for on this problem"
        disabled={!fits}
        onClick={() => {
          controller.fitStepSizes();
        }}
      >
        Fit step sizes
      </Button>
    </>
  );
}

const AddRun = memo(function AddRun() {
  const scheme = useComputedColorScheme('light');
  return (
    <Menu position="top-start" width="target">
      <Menu.Target>
        <Button fullWidth variant="default" size="xs" leftSection={<IconPlus size={15} aria-hidden="true" />}>
          Add a run
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {optimizers.map(({ id, label, summary, colour }) => (
          <Menu.Item
            key={id}
            leftSection={<Swatch style={{ colour: colour[scheme], dash: undefined }} />}
            onClick={() => {
              const added = experimentStore.getState().addRun(id);
              if (added !== undefined) viewStore.getState().set({ selected: added });
            }}
          >
            {label}
            <span className={classes['summary']}>{summary}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
});
