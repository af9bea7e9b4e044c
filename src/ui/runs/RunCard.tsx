import { ActionIcon, NativeSelect, Switch, UnstyledButton } from '@mantine/core';
import { IconCopy, IconTrash, IconWand } from '@tabler/icons-react';
import { memo, useState } from 'react';
import { LIMITS, type OptimizerId, type RunConfig } from '../../experiment/config';
import { optimizerOf, optimizers } from '../../optimizers/registry';
import { experimentStore } from '../../state/experiment-store';
import { useSession } from '../../state/session-store';
import { optimalRun } from '../../state/step-sizes';
import { viewStore } from '../../state/view-store';
import { Swatch } from '../chart/Swatch';
import { numberText } from '../controls/number-text';
import { Tex } from '../controls/Tex';
import { ValueSlider } from '../controls/ValueSlider';
import { omit } from '../omit';
import type { RunStyle } from '../palette';
import { Outcome } from './Outcome';
import { useAdvice } from './use-advice';
import classes from './runs.module.css';

export const BATCH_SLIDER = { min: 1, max: 1024 } as const;
const BATCH_VALID = { min: 1, max: LIMITS.batch } as const;

interface RunCardProps {
  readonly id: number;
  readonly run: RunConfig;
  /** Name that tells this run from all others. */
  readonly name: string;
  readonly colour: string;
  readonly dash: RunStyle['dash'];
  readonly selected: boolean;
  /** The last run cannot be removed. */
  readonly only: boolean;
}

/** One run: its rule, its hyper-parameters and what became of it. */
export const RunCard = memo(function RunCard({ id, run, name, colour, dash, selected, only }: RunCardProps) {
  const { editRun, endGesture, changeOptimizer, duplicateRun, removeRun } = experimentStore.getState();
  const definition = optimizerOf(run.optimizer);
  const enabled = run.enabled !== false;
  const derived = definition.derived(run.hyper);
  const constants = useSession(({ objective }) => objective?.constants);
  const optimal = optimalRun(run, constants);
  const unstable = useAdvice(run, enabled, false)?.advice.unstable;

  const setHyper = (key: string, value: number, gesture: boolean) =>
    editRun(
      id,
      (old) => ({ ...old, hyper: { ...old.hyper, [key]: value } }),
      gesture ? { gesture: `${id}.${key}` } : {},
    )?.message;
  const select = () => {
    viewStore.getState().set({ selected: id });
  };

  return (
    <li
      className={classes['card']}
      data-enabled={enabled}
      data-selected={selected}
      onPointerDown={select}
      onFocus={select}
    >
      <div role="group" aria-label={name}>
        <div className={classes['head']}>
          <UnstyledButton
            className={classes['swatch']}
            aria-pressed={selected}
            aria-label={`Show the equations of ${name}`}
            title="Show the equations"
            onClick={select}
          >
            <Swatch style={{ colour, dash }} />
          </UnstyledButton>
          <NativeSelect
            aria-label={`${name}: optimizer`}
            variant="unstyled"
            classNames={{ root: classes['rule'], input: classes['ruleInput'] }}
            value={run.optimizer}
            title={definition.summary}
            data={optimizers.map(({ id: value, label }) => ({ value, label }))}
            onChange={(event) => {
              changeOptimizer(id, event.currentTarget.value as OptimizerId);
            }}
          />
          <LabelField id={id} run={run} name={name} />
          <OptimalButton id={id} run={run} name={name} target={optimal} />
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
        <Outcome id={id} run={run} name={name} enabled={enabled} />
        {enabled && (
          <>
            {definition.hyper.map((h) => (
              <ValueSlider
                key={h.key}
                label={h.label}
                context={name}
                symbol={h.symbol}
                help={h.help}
                value={run.hyper[h.key] ?? h.default}
                scale={h.scale}
                slider={h.slider}
                valid={h.valid}
                initial={h.default}
                optimal={optimal?.hyper[h.key]}
                unstable={unstable?.[h.key]}
                colour={colour}
                onChange={(value, gesture) => setHyper(h.key, value, gesture)}
                onChangeEnd={endGesture}
              />
            ))}
            <ValueSlider
              label="batch"
              context={name}
              symbol="m"
              help="Rows in each minibatch."
              value={run.batch}
              scale="log2"
              slider={BATCH_SLIDER}
              valid={BATCH_VALID}
              integer
              initial={1}
              unstable={unstable?.['batch']}
              colour={colour}
              onChange={(batch, gesture) =>
                editRun(id, (old) => ({ ...old, batch }), gesture ? { gesture: `${id}.batch` } : {})?.message
              }
              onChangeEnd={endGesture}
            />
            {derived.length > 0 && (
              <dl className={classes['derived']}>
                {derived.map(({ symbol, label, value }) => (
                  <div key={symbol} title={`${label}: ${value}`}>
                    <dt>
                      <Tex>{symbol}</Tex>
                      <span className="visually-hidden">{label}</span>
                    </dt>
                    <dd>{numberText(value)}</dd>
                  </div>
                ))}
              </dl>
            )}
          </>
        )}
      </div>
    </li>
  );
});

interface PartProps {
  readonly id: number;
  readonly run: RunConfig;
  readonly name: string;
}

/** The user's own name for a run; empty means the automatic one. */
function LabelField({ id, run, name }: PartProps) {
  const [draft, setDraft] = useState<string>();
  const commit = () => {
    if (draft === undefined) return;
    const label = draft.trim().slice(0, 80);
    setDraft(undefined);
    experimentStore.getState().editRun(id, (old) => (label === '' ? omit(old, 'label') : { ...old, label }));
  };
  return (
    <input
      className={classes['name']}
      aria-label={`${name}: label`}
      placeholder="label"
      maxLength={80}
      value={draft ?? run.label ?? ''}
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

/** Sets what the paper proves optimal, where it has such values for this rule and problem. */
function OptimalButton({ id, run, name, target }: PartProps & { readonly target: RunConfig | undefined }) {
  if (!target) return null;
  const same = Object.entries(target.hyper).every(([key, value]) => run.hyper[key] === value);
  const values = optimizerOf(run.optimizer).hyper.map(
    (h) => `${h.text} ${numberText(target.hyper[h.key] ?? h.default)}`,
  );
  return (
    <ActionIcon
      size="sm"
      aria-label={`Set ${name} to the optimal values of the theory`}
      title={same ? 'At the optimal values of the theory' : `Optimal in theory: ${values.join(', ')}`}
      disabled={same}
      onClick={() => {
        experimentStore.getState().editRun(id, (old) => ({ ...old, hyper: target.hyper }));
      }}
    >
      <IconWand size={15} aria-hidden="true" />
    </ActionIcon>
  );
}
