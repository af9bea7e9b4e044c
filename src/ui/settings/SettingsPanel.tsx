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
const BATCH_VALID = { min: 1, max: LIMITS.batch } as const;
const STEPS = { slider: { min: 100, max: 1_000_000 }, valid: { min: 1, max: LIMITS.steps } } as const;
const SEEDS = { slider: { min: 1, max: 256 }, valid: { min: 1, max: LIMITS.lanesPerRun } } as const;

const { edit, endGesture } = experimentStore.getState();

const patch = (change: Partial<ExperimentConfig>, gesture?: string) =>
  edit((old) => ({ ...old, ...change }), gesture === undefined ? {} : { gesture })?.message;
const setSteps = (steps: number, gesture: boolean) => patch({ steps }, gesture ? 'steps' : undefined);
const setSeeds = (seeds: number, gesture: boolean) => patch({ seeds }, gesture ? 'seeds' : undefined);
const setBatches = (batch: number, gesture: boolean) =>
  edit(
    (old) => ({ ...old, runs: old.runs.map((run) => (run.batch === batch ? run : { ...run, batch })) }),
    gesture ? { gesture: 'all.batch' } : {},
  )?.message;

/** What all runs share. It follows nothing else: a drag of one run's slider leaves it alone. */
export function SettingsPanel() {
  const batch = useExperiment((state) => state.config.runs[0]!.batch);
  const mixed = useExperiment(({ config: { runs } }) => runs.some((run) => run.batch !== runs[0]!.batch));
  const steps = useExperiment((state) => state.config.steps);
  const seeds = useExperiment((state) => state.config.seeds);
  const sampling = useExperiment((state) => state.config.sampling);
  const stream = useExperiment(
    ({ config }) => config.problem.kind === 'component-decoupled' || isGaussianStream(config),
  );
  const [open, { toggle }] = useDisclosure(false);
  const [error, setError] = useState<string>();

  return (
    <section aria-labelledby="settings-heading" className={classes['panel']}>
      <h2 id="settings-heading">All runs</h2>
      <ValueSlider
        label={mixed ? 'batch (mixed)' : 'batch'}
        mixed={mixed}
        context="All runs"
        symbol="m"
        help="Rows in each minibatch; sets it for every run."
        value={batch}
        scale="log2"
        slider={BATCH_SLIDER}
        valid={BATCH_VALID}
        integer
        onChange={setBatches}
        onChangeEnd={endGesture}
      />
      <ValueSlider
        label="steps"
        context="All runs"
        value={steps}
        scale="log"
        {...STEPS}
        integer
        initial={defaultExperiment.steps}
        onChange={setSteps}
        onChangeEnd={endGesture}
      />
      <ValueSlider
        label="seeds"
        context="All runs"
        help="Every run is repeated with this many series of minibatches; the curve shows their median and band."
        value={seeds}
        scale="log2"
        {...SEEDS}
        integer
        initial={defaultExperiment.seeds}
        onChange={setSeeds}
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
          value={sampling}
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
        <MoreSettings />
      </Collapse>
    </section>
  );
}

function MoreSettings() {
  const seed = useExperiment((state) => state.config.seed);
  const every = useExperiment((state) => state.config.evalEvery);
  const factor = useExperiment((state) => state.config.divergenceFactor);
  return (
    <>
      <ControlRow label="root seed" help="Everything random follows from it: the same seed gives the same curves.">
        <div className={classes['seed']}>
          <NumberBox
            name="Root seed"
            value={seed}
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
      <EvaluationField every={every} onChange={(evalEvery) => patch({ evalEvery })} />
      <ControlRow
        label="diverged above"
        help="A lane has diverged once its loss exceeds this multiple of the first one, or is no number."
      >
        <NumberBox
          name="Divergence: multiple of the first loss"
          value={factor}
          check={(value) => (value >= 2 && value <= 1e30 ? undefined : 'Must be between 2 and 1e30.')}
          onCommit={(divergenceFactor) => patch({ divergenceFactor })}
        />
        <span className={classes['unit']}>× the first loss</span>
      </ControlRow>
    </>
  );
}

function isGaussianStream({ problem }: ExperimentConfig): boolean {
  return problem.kind === 'gaussian' && problem.rows === 'stream';
}
