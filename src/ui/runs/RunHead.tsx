/** What stands in the first line of a run's card. Its sliders do not concern it. */
import { ActionIcon, NativeSelect, Switch, UnstyledButton } from '@mantine/core';
import { IconCopy, IconTrash, IconWand } from '@tabler/icons-react';
import { memo, useState } from 'react';
import { wellFormed } from '../../data/unicode';
import type { OptimizerId } from '../../experiment/config';
import { optimizerOf, optimizers } from '../../optimizers/registry';
import type { Hyper } from '../../optimizers/types';
import { experimentStore } from '../../state/experiment-store';
import { Swatch } from '../chart/Swatch';
import { numberText } from '../controls/number-text';
import { omit } from '../omit';
import type { RunStyle } from '../palette';
import classes from './runs.module.css';

interface RunHeadProps {
  readonly id: number;
  readonly optimizer: OptimizerId;
  /** The user's own name for the run. */
  readonly label: string | undefined;
  readonly enabled: boolean;
  /** Name that tells this run from all others. */
  readonly name: string;
  readonly colour: string;
  readonly dash: RunStyle['dash'];
  readonly selected: boolean;
  /** The last run cannot be removed. */
  readonly only: boolean;
  /** What the paper proves optimal, where it has such values for this rule and problem; the same object while it is. */
  readonly optimal: Hyper | undefined;
  readonly atOptimal: boolean;
  readonly onSelect: () => void;
}

const { editRun, changeOptimizer, duplicateRun, removeRun } = experimentStore.getState();
const rules = optimizers.map(({ id, label }) => ({ value: id, label }));

export const RunHead = memo(function RunHead(props: RunHeadProps) {
  const { id, optimizer, label, enabled, name, colour, dash, selected, only, optimal, atOptimal, onSelect } = props;
  return (
    <div className={classes['head']}>
      <UnstyledButton
        className={classes['swatch']}
        aria-pressed={selected}
        aria-label={`Show the equations of ${name}`}
        title="Show the equations"
        onClick={onSelect}
      >
        <Swatch style={{ colour, dash }} />
      </UnstyledButton>
      <NativeSelect
        aria-label={`${name}: optimizer`}
        variant="unstyled"
        classNames={{ root: classes['rule'], input: classes['ruleInput'] }}
        value={optimizer}
        title={optimizerOf(optimizer).summary}
        data={rules}
        onChange={(event) => {
          changeOptimizer(id, event.currentTarget.value as OptimizerId);
        }}
      />
      <LabelField id={id} label={label} name={name} />
      {optimal && <OptimalButton id={id} optimizer={optimizer} name={name} target={optimal} atTarget={atOptimal} />}
      <ActionIcon
        size="sm"
        aria-label={`Duplicate ${name}`}
        title="Duplicate"
        onClick={() => {
          duplicateRun(id);
        }}
      >
        <IconCopy size={15} aria-hidden="true" />
      </ActionIcon>
      <ActionIcon
        size="sm"
        aria-label={`Remove ${name}`}
        title={only ? 'The last run stays: switch it off instead' : 'Remove'}
        disabled={only}
        onClick={() => {
          removeRun(id);
        }}
      >
        <IconTrash size={15} aria-hidden="true" />
      </ActionIcon>
      <Switch
        size="xs"
        color={colour}
        aria-label={`${name}: run`}
        title={enabled ? 'Switch off' : 'Switch on'}
        checked={enabled}
        onChange={(event) => {
          const { checked } = event.currentTarget;
          editRun(id, (old) => (checked ? omit(old, 'enabled') : { ...old, enabled: false }));
        }}
      />
    </div>
  );
});

interface LabelFieldProps {
  readonly id: number;
  readonly label: string | undefined;
  readonly name: string;
}

/** The user's own name for a run; empty means the automatic one. */
function LabelField({ id, label: given, name }: LabelFieldProps) {
  const [draft, setDraft] = useState<string>();
  const commit = () => {
    if (draft === undefined) return;
    const label = wellFormed(draft.trim().slice(0, 80));
    setDraft(undefined);
    experimentStore.getState().editRun(id, (old) => (label === '' ? omit(old, 'label') : { ...old, label }));
  };
  return (
    <input
      className={classes['name']}
      aria-label={`${name}: label`}
      placeholder="label"
      maxLength={80}
      value={draft ?? given ?? ''}
      onChange={(event) => {
        setDraft(event.currentTarget.value);
      }}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key !== 'Escape') return;
        setDraft(undefined);
        event.stopPropagation();
      }}
    />
  );
}

interface OptimalButtonProps {
  readonly id: number;
  readonly optimizer: OptimizerId;
  readonly name: string;
  readonly target: Hyper;
  readonly atTarget: boolean;
}

/** Sets what the paper proves optimal. */
function OptimalButton({ id, optimizer, name, target, atTarget: same }: OptimalButtonProps) {
  const values = optimizerOf(optimizer).hyper.map((h) => `${h.text} ${numberText(target[h.key] ?? h.default)}`);
  return (
    <ActionIcon
      size="sm"
      aria-label={`Set ${name} to the optimal values of the theory`}
      title={same ? 'At the optimal values of the theory' : `Optimal in theory: ${values.join(', ')}`}
      disabled={same}
      onClick={() => {
        experimentStore.getState().editRun(id, (old) => ({ ...old, hyper: target }));
      }}
    >
      <IconWand size={15} aria-hidden="true" />
    </ActionIcon>
  );
}
