import { memo, useCallback, useMemo } from 'react';
import { LIMITS, type RunConfig } from '../../experiment/config';
import { optimizerOf } from '../../optimizers/registry';
import type { HyperParameter } from '../../optimizers/types';
import { experimentStore } from '../../state/experiment-store';
import { useSession } from '../../state/session-store';
import { optimalRun } from '../../state/step-sizes';
import { viewStore } from '../../state/view-store';
import { numberText } from '../controls/number-text';
import { Tex } from '../controls/Tex';
import { ValueSlider, type ValueSliderProps } from '../controls/ValueSlider';
import type { RunStyle } from '../palette';
import { Outcome } from './Outcome';
import { RunHead } from './RunHead';
import { useAdvice } from './use-advice';
import classes from './runs.module.css';

export const BATCH_SLIDER = { min: 1, max: 1024 } as const;
const BATCH_VALID = { min: 1, max: LIMITS.batch } as const;

const { editRun, endGesture } = experimentStore.getState();

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
  const { optimizer, batch } = run;
  const definition = optimizerOf(optimizer);
  const enabled = run.enabled !== false;
  const derived = definition.derived(run.hyper);
  const constants = useSession(({ objective }) => objective?.constants);
  const optimal = useMemo(
    () => optimalRun({ optimizer, batch, hyper: {} }, constants)?.hyper,
    [optimizer, batch, constants],
  );
  const unstable = useAdvice(run, enabled, false)?.advice.unstable;
  const select = useCallback(() => {
    viewStore.getState().set({ selected: id });
  }, [id]);
  const setBatch = useCallback(
    (next: number, gesture: boolean) =>
      editRun(id, (old) => ({ ...old, batch: next }), gesture ? { gesture: `${id}.batch` } : {})?.message,
    [id],
  );

  return (
    <li
      className={classes['card']}
      data-enabled={enabled}
      data-selected={selected}
      onPointerDown={select}
      onFocus={select}
    >
      <div role="group" aria-label={name}>
        <RunHead
          id={id}
          optimizer={optimizer}
          label={run.label}
          enabled={enabled}
          name={name}
          colour={colour}
          dash={dash}
          selected={selected}
          only={only}
          optimal={optimal}
          atOptimal={optimal !== undefined && Object.entries(optimal).every(([key, value]) => run.hyper[key] === value)}
          onSelect={select}
        />
        <Outcome id={id} run={run} name={name} enabled={enabled} />
        {enabled && (
          <>
            {definition.hyper.map((h) => (
              <HyperSlider
                key={h.key}
                id={id}
                parameter={h}
                name={name}
                value={run.hyper[h.key] ?? h.default}
                optimal={optimal?.[h.key]}
                unstable={unstable?.[h.key]}
                colour={colour}
              />
            ))}
            <ValueSlider
              label="batch"
              context={name}
              symbol="m"
              help="Rows in each minibatch."
              value={batch}
              scale="log2"
              slider={BATCH_SLIDER}
              valid={BATCH_VALID}
              integer
              initial={1}
              unstable={unstable?.['batch']}
              colour={colour}
              onChange={setBatch}
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

interface HyperSliderProps extends Pick<ValueSliderProps, 'value' | 'optimal' | 'unstable' | 'colour'> {
  readonly id: number;
  readonly parameter: HyperParameter;
  readonly name: string;
}

function HyperSlider({ id, parameter, name, ...rest }: HyperSliderProps) {
  const { key, label, symbol, help, scale, slider, valid, default: initial } = parameter;
  const change = useCallback(
    (value: number, gesture: boolean) =>
      editRun(
        id,
        (old) => ({ ...old, hyper: { ...old.hyper, [key]: value } }),
        gesture ? { gesture: `${id}.${key}` } : {},
      )?.message,
    [id, key],
  );
  return (
    <ValueSlider
      label={label}
      context={name}
      symbol={symbol}
      help={help}
      scale={scale}
      slider={slider}
      valid={valid}
      initial={initial}
      onChange={change}
      onChangeEnd={endGesture}
      {...rest}
    />
  );
}
