import { ActionIcon, Slider, Tooltip } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { memo, useCallback, useId, useMemo, type CSSProperties } from 'react';
import { range as rangeText } from '../../experiment/config';
import { latency } from '../../state/latency';
import { NumberBox } from './NumberBox';
import { numberText } from './number-text';
import { sliderSteps, ticks, toPosition, toValue, type SliderRange, type SliderScale } from './scale';
import { Tex } from './Tex';
import { useFault } from './use-fault';
import classes from './controls.module.css';

export interface ValidRange extends SliderRange {
  readonly openMin?: boolean;
  readonly openMax?: boolean;
}

export interface ValueSliderProps {
  /** In words; the accessible name is `context` + this. */
  readonly label: string;
  /** Whose value it is ("MaSS"), for the accessible name. */
  readonly context?: string;
  /** TeX of the symbol. */
  readonly symbol?: string;
  readonly help?: string;
  readonly value: number;
  readonly scale: SliderScale;
  readonly slider: SliderRange;
  readonly valid: ValidRange;
  readonly integer?: boolean;
  /** Value of the reset button; without it there is none. */
  readonly initial?: number;
  readonly colour?: string;
  /** The value that theory proves optimal: a tick on the slider. */
  readonly optimal?: number | undefined;
  /** Ranges of values at which the expectation diverges: red on the slider. */
  readonly unstable?: readonly (readonly [from: number, to: number])[] | undefined;
  /** Returns what the experiment says against it, if anything. */
  readonly onChange: (value: number, gesture: boolean) => string | undefined;
  readonly onChangeEnd: () => void;
  readonly disabled?: boolean;
  /** The value stands for several that differ: typing it once more makes them all alike. */
  readonly mixed?: boolean;
}

/**
 * A slider, and a number box beside it that also takes values beyond the slider's ends. It is drawn anew only where a
 * property changed, and of its parts only those that the change concerns: callers keep ranges and callbacks the same.
 */
export const ValueSlider = memo(function ValueSlider(props: ValueSliderProps) {
  const { label, context, symbol, help, value, scale, slider, valid, integer, initial, colour, optimal, onChange } =
    props;
  const disabled = props.disabled ?? false;
  const unstable = props.unstable ?? [];
  const [error, setError] = useFault(value);
  const errorId = useId();
  const name = context ? `${context}: ${label}` : label;

  const check = useCallback(
    (candidate: number): string | undefined => {
      const { min, max, openMin = false, openMax = false } = valid;
      const inside = !(
        candidate < min ||
        candidate > max ||
        (openMin && candidate === min) ||
        (openMax && candidate === max)
      );
      if (inside && (integer !== true || Number.isInteger(candidate))) return undefined;
      return `${capital(label)} must be ${integer ? 'a whole number, ' : ''}${rangeText(valid)}.`;
    },
    [valid, integer, label],
  );
  const drag = useCallback(
    (next: number) => {
      setError(onChange(next, true));
    },
    [onChange, setError],
  );
  const commit = useCallback(
    (next: number) => {
      setError(onChange(next, false));
    },
    [onChange, setError],
  );

  return (
    <div className={classes['row']} style={colour ? ({ '--control-colour': colour } as CSSProperties) : undefined}>
      <Name label={label} symbol={symbol} help={help} />
      <div className={classes['rail']} title={railText(optimal, unstable)}>
        <Rail
          name={name}
          value={value}
          scale={scale}
          slider={slider}
          integer={integer === true}
          disabled={disabled}
          onChange={drag}
          onChangeEnd={props.onChangeEnd}
        />
        {unstable.map(([from, to]) => {
          const [low, high] = [toPosition(scale, slider, from), toPosition(scale, slider, to)];
          return (
            <span
              key={from}
              className={classes['unstable']}
              data-from={from}
              data-to={to}
              style={{ '--from': low, '--to': high } as CSSProperties}
            >
              <span className="visually-hidden">
                {`${name}: the expectation diverges from ${numberText(from)} to ${numberText(to)}`}
              </span>
            </span>
          );
        })}
        {optimal !== undefined && optimal >= slider.min && optimal <= slider.max && (
          <span
            className={classes['optimal']}
            data-optimal={optimal}
            style={{ '--from': toPosition(scale, slider, optimal) } as CSSProperties}
          >
            <span className="visually-hidden">{`${name}: optimal in theory at ${numberText(optimal)}`}</span>
          </span>
        )}
      </div>
      <div className={classes['box']}>
        <NumberBox
          name={`${name}, number`}
          value={value}
          check={check}
          onCommit={commit}
          onError={setError}
          commitSame={props.mixed ?? false}
          describedBy={error === undefined ? undefined : errorId}
          disabled={disabled}
        />
        {initial !== undefined && value !== initial && !disabled && (
          <Reset name={name} initial={initial} onReset={commit} />
        )}
      </div>
      {error !== undefined && (
        <p className={classes['error']} id={errorId} role="alert">
          {error}
        </p>
      )}
    </div>
  );
});

interface NameProps {
  readonly label: string;
  readonly symbol: string | undefined;
  readonly help: string | undefined;
}

const Name = memo(function Name({ label, symbol, help }: NameProps) {
  return (
    <Tooltip label={help} disabled={help === undefined} openDelay={500} multiline maw={260} position="top-start">
      <span className={classes['label']}>
        {symbol !== undefined && <Tex className={classes['symbol']!}>{symbol}</Tex>}
        <span>{label}</span>
      </span>
    </Tooltip>
  );
});

const railClasses = {
  track: classes['track']!,
  bar: classes['bar']!,
  thumb: classes['thumb']!,
  mark: classes['mark']!,
  markWrapper: classes['markWrapper']!,
};

interface RailProps extends Pick<ValueSliderProps, 'value' | 'scale' | 'slider' | 'onChangeEnd'> {
  readonly name: string;
  readonly integer: boolean;
  readonly disabled: boolean;
  readonly onChange: (value: number) => void;
}

/** The slider itself. */
const Rail = memo(function Rail(props: RailProps) {
  const { name, value, scale, slider, integer, disabled, onChange, onChangeEnd } = props;
  const steps = sliderSteps(scale, slider, integer);
  const marks = useMemo(
    () => ticks(scale, slider).map((position) => ({ value: position * steps })),
    [scale, slider, steps],
  );
  return (
    <Slider
      className={classes['slider']}
      classNames={railClasses}
      size={3}
      thumbSize={13}
      min={0}
      max={steps}
      step={1}
      value={Math.round(toPosition(scale, slider, value) * steps)}
      marks={marks}
      label={null}
      thumbLabel={name}
      thumbValueText={numberText(value)}
      disabled={disabled}
      onChange={(position) => {
        latency.during(() => {
          const next = toValue(scale, slider, position / steps);
          onChange(integer ? Math.round(next) : next);
        });
      }}
      onChangeEnd={onChangeEnd}
    />
  );
});

interface ResetProps {
  readonly name: string;
  readonly initial: number;
  readonly onReset: (value: number) => void;
}

const Reset = memo(function Reset({ name, initial, onReset }: ResetProps) {
  return (
    <ActionIcon
      className={classes['reset'] ?? ''}
      variant="transparent"
      size="1.375rem"
      aria-label={`Reset ${name} to ${numberText(initial)}`}
      title={`Reset to ${numberText(initial)}`}
      onClick={() => {
        onReset(initial);
      }}
    >
      <IconArrowBackUp size={12} aria-hidden="true" />
    </ActionIcon>
  );
});

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** What the marks on a rail mean. */
function railText(optimal: number | undefined, unstable: readonly (readonly [number, number])[]): string | undefined {
  const parts = [
    ...(optimal === undefined ? [] : [`Triangle: optimal in theory, ${numberText(optimal)}.`]),
    ...unstable.map(([from, to]) => `Red: the expectation diverges from ${numberText(from)} to ${numberText(to)}.`),
  ];
  return parts.length > 0 ? parts.join(' ') : undefined;
}
