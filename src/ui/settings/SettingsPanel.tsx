import { ActionIcon, Collapse, SegmentedControl, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronRight, IconDice5 } from '@tabler/icons-react';
import { useState } from 'react';
import { LIMITS, type ExperimentConfig } from '../../experiment/config';
import { defaultExperiment } from '../../experiment/default';
import { experimentStore, useExperiment } from '../../state/experiment-store';
import { ControlRow } from '../controls/ControlRow';
import { NumberBox } from '../controls/NumberBox';
import { ValueSlider } from '../controls/ValueSlider';
import { BATCH_SLIDER } from '../runs/RunCard';
import { EvaluationField } from './EvaluationField';
import classes from './settings.module.css';

const MAX_SEED = 0xffffffff;

/** What all runs share. */
export function SettingsPanel() {
  const config = useExperiment((state) => state.config);
  const { edit, endGesture } = experimentStore.getState();
  const [open, { toggle }] = useDisclosure(false);
  const [error, setError] = useState<string>();

  const patch = (change: Partial<ExperimentConfig>, gesture?: string) =>
    edit((old) => ({ ...old, ...change }), gesture === undefined ? {} : { gesture })?.message;
  const set = (key: 'steps' | 'seeds') => (value: number, gesture: boolean) =>
    patch({ [key]: value }, gesture ? key : undefined);
  const stream = config.problem.kind === 'component-decoupled' || isGaussianStream(config);
  const batches = new Set(config.runs.map((run) => run.batch));

  return (
    <section aria-labelledby="settings-heading" className={classes['panel']}>
      <h2 id="settings-heading">All runs</h2>
      <ValueSlider
        label={batches.size > 1 ? 'batch (mixed)' : 'batch'}
        mixed={batches.size > 1}
        context="All runs"
        symbol="m"
        help="Rows in each minibatch; sets it for every run."
        value={config.runs[0]!.batch}
        scale="log2"
        slider={BATCH_SLIDER}
        valid={{ min: 1, max: LIMITS.batch }}
        integer
        onChange={(batch, gesture) =>
          edit(
            (old) => ({ ...old, runs: old.runs.map((run) => (run.batch === batch ? run : { ...run, batch })) }),
            gesture ? { gesture: 'all.batch' } : {},
          )?.message
        }
        onChangeEnd={endGesture}
      />
      <ValueSlider
        label="steps"
        context="All runs"
        value={config.steps}
        scale="log"
        slider={{ min: 100, max: 1_000_000 }}
        valid={{ min: 1, max: LIMITS.steps }}
        integer
        initial={defaultExperiment.steps}
        onChange={set('steps')}
        onChangeEnd={endGesture}
      />
      <ValueSlider
        label="seeds"
        context="All runs"
        help="Every run is repeated with this many series of minibatches; the curve shows their median and band."
        value={config.seeds}
        scale="log2"
        slider={{ min: 1, max: 256 }}
        valid={{ min: 1, max: LIMITS.lanesPerRun }}
        integer
        initial={defaultExperiment.seeds}
        onChange={set('seeds')}
        onChangeEnd={endGesture}
      />
      <ControlRow label="sampling" htmlFor="sampling">
        <SegmentedControl
          id="sampling"
          size="xs"
          fullWidth
          aria-label="Sampling of minibatches"
          disabled={stream}
          title={stream ? 'A stream draws fresh samples: nothing is drawn twice' : undefined}
          data={[
            { value: 'replacement', label: 'Replacement' },
            { value: 'epochs', label: 'Epochs' },
          ]}
          value={config.sampling}
          onChange={(value) => {
            setError(patch({ sampling: value === 'epochs' ? 'epochs' : 'replacement' }));
          }}
        />
      </ControlRow>
      {error !== undefined && (
        <p className={classes['error']} role="alert">
          {error}
        </p>
      )}
      <UnstyledButton className={classes['more']} aria-expanded={open} aria-controls="more-settings" onClick={toggle}>
        <IconChevronRight size={14} aria-hidden="true" data-open={open} />
        More settings
      </UnstyledButton>
      <Collapse expanded={open} id="more-settings" transitionDuration={120}>
        <ControlRow label="root seed" help="Everything random follows from it: the same seed gives the same curves.">
          <div className={classes['seed']}>
            <NumberBox
              name="Root seed"
              value={config.seed}
              check={(value) =>
                Number.isInteger(value) && value >= 0 && value <= MAX_SEED
                  ? undefined
                  : `Must be a whole number from 0 to ${MAX_SEED}.`
              }
              onCommit={(seed) => patch({ seed })}
            />
            <ActionIcon
              size="sm"
              aria-label="Draw another root seed"
              title="Another seed"
              onClick={() => patch({ seed: crypto.getRandomValues(new Uint32Array(1))[0]! })}
            >
              <IconDice5 size={16} aria-hidden="true" />
            </ActionIcon>
          </div>
        </ControlRow>
        <EvaluationField every={config.evalEvery} onChange={(evalEvery) => patch({ evalEvery })} />
        <ControlRow
          label="diverged above"
          help="A lane has diverged once its loss exceeds this multiple of the first one, or is no number."
        >
          <NumberBox
            name="Divergence: multiple of the first loss"
            value={config.divergenceFactor}
            check={(value) => (value >= 2 && value <= 1e30 ? undefined : 'Must be between 2 and 1e30.')}
            onCommit={(divergenceFactor) => patch({ divergenceFactor })}
          />
          <span className={classes['unit']}>× the first loss</span>
        </ControlRow>
      </Collapse>
    </section>
  );
}

function isGaussianStream({ problem }: ExperimentConfig): boolean {
  return problem.kind === 'gaussian' && problem.rows === 'stream';
}
