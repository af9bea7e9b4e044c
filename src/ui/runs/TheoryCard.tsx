import { Button, Popover, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useRef, useState, type PointerEvent } from 'react';
import { expectedStepReaching, type CurveTheory } from '../../experiment/curve-theory';
import type { RunConfig } from '../../experiment/config';
import { formatLoss } from '../../export/figure/format';
import { formatRate } from '../../export/figure/theory';
import { optimizerOf } from '../../optimizers/registry';
import type { Hyper } from '../../optimizers/types';
import { experimentStore, useExperiment } from '../../state/experiment-store';
import { numberText } from '../controls/number-text';
import { Tex } from '../controls/Tex';
import type { OutcomeText } from './outcome';
import { publishedValues } from './published';
import { speedGain, theoryRows, unstableText } from './theory-rows';
import { useAdvice } from './use-advice';
import classes from './runs.module.css';

const GOAL = 1e-6;
/** Milliseconds the pointer rests before the details open, and is away before they close. */
const DELAY = { open: 200, close: 250 } as const;

/** By a resting pointer, until it leaves; or asked for, until it is sent away. */
type Opening = 'rested' | 'asked';

interface TheoryCardProps {
  readonly id: number;
  readonly run: RunConfig;
  readonly name: string;
  readonly theory: CurveTheory;
  /** The exact rate in words; undefined where there is none. */
  readonly rate: OutcomeText | undefined;
}

/** Theory of a run in one line; the numbers with their formulas open on hover, by a click and by the keyboard. */
export function TheoryCard({ id, run, name, theory, rate }: TheoryCardProps) {
  const [open, setOpen] = useState<Opening>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
    },
    [],
  );
  // Beside the card where there is room, under the line on a phone.
  const beside = useMediaQuery('(min-width: 48rem)', true, { getInitialValueInEffect: false });
  const later = (next: 'rested' | undefined) => (event: PointerEvent) => {
    // A finger does not rest on things: it opens and closes by a tap.
    if (event.pointerType !== 'mouse') return;
    clearTimeout(timer.current);
    timer.current = setTimeout(
      () => {
        setOpen((now) => (now === 'asked' ? now : next));
      },
      next ? DELAY.open : DELAY.close,
    );
  };
  const set = (next: Opening | undefined) => {
    clearTimeout(timer.current);
    setOpen(next);
  };
  const reach = expectedStepReaching(theory, GOAL);
  if (!rate && theory.reason === undefined) return null;
  return (
    <Popover
      opened={open !== undefined}
      onChange={(opened) => {
        if (!opened) set(undefined);
      }}
      trapFocus={open === 'asked'}
      withRoles={false}
      position={beside ? 'right-start' : 'bottom'}
      width="min(22rem, calc(100vw - 1.5rem))"
      // On a phone it scrolls in what is left of the screen, above or below the line.
      middlewares={{ flip: true, shift: true, size: !beside }}
      shadow="md"
      withinPortal
    >
      <Popover.Target>
        <span className={classes['theoryLine']}>
          <UnstyledButton
            className={classes['theory']}
            aria-label={`${name}: theory, ${rate?.text ?? 'none'}`}
            aria-haspopup="dialog"
            aria-expanded={open !== undefined}
            data-tone={rate?.tone}
            onClick={() => {
              set(open === 'asked' ? undefined : 'asked');
            }}
            onKeyDown={(event) => {
              if (event.key === 'Escape') set(undefined);
            }}
            onPointerEnter={later('rested')}
            onPointerLeave={later(undefined)}
          >
            {rate?.text ?? 'no exact theory: why, and what to try'}
            {reach !== undefined && ` · 10⁻⁶ at step ${stepText(reach)}`}
          </UnstyledButton>
        </span>
      </Popover.Target>
      <Popover.Dropdown
        className={classes['theoryBox']}
        role="dialog"
        tabIndex={-1}
        aria-label={`${name}: theory`}
        onPointerEnter={later('rested')}
        onPointerLeave={later(undefined)}
      >
        <Details id={id} run={run} theory={theory} reach={reach} />
      </Popover.Dropdown>
    </Popover>
  );
}

interface DetailsProps {
  readonly id: number;
  readonly run: RunConfig;
  readonly theory: CurveTheory;
  readonly reach: number | undefined;
}

/** Mounted only while it is open: the search for the best values costs time. */
function Details({ id, run, theory, reach }: DetailsProps) {
  const answer = useAdvice(run, true, true);
  const advice = answer?.fresh === true ? answer.advice : undefined;
  const { optimal, best } = advice ?? {};
  const epochs = useExperiment((state) => state.config.sampling === 'epochs');
  const published = theory.reason !== undefined && !optimal ? publishedValues(run.optimizer) : undefined;
  const unstable = unstableText(run.optimizer, advice?.unstable);
  const use = (hyper: Hyper) => () => {
    experimentStore.getState().editRun(id, (old) => ({ ...old, hyper: { ...old.hyper, ...rounded(hyper) } }));
  };
  const gain =
    best &&
    (optimal?.spectralRadius === undefined
      ? theory.spectralRadius === undefined || theory.spectralRadius >= 1
        ? undefined
        : { than: 'these values', times: speedGain(theory.spectralRadius, best.spectralRadius) }
      : { than: 'the formula', times: speedGain(optimal.spectralRadius, best.spectralRadius) });
  return (
    <div className={classes['theoryDetails']}>
      {theory.reason !== undefined && <p>{theory.reason}</p>}
      <dl>
        {theory.spectralRadius !== undefined && (
          <Row tex="\rho" label="exact rate of the expected loss per step" value={formatRate(theory.spectralRadius)} />
        )}
        {theory.guaranteedRate !== undefined && (
          <Row
            tex={run.optimizer === 'mass' ? '1-1/\\sqrt{\\kappa_m\\tilde\\kappa_m}' : '1-1/\\kappa_m'}
            label="guaranteed rate"
            value={formatRate(theory.guaranteedRate)}
          />
        )}
        {reach !== undefined && (
          <Row tex="\mathbb E f \le 10^{-6} f_0" label="expected from step" value={stepText(reach)} />
        )}
      </dl>
      {optimal && (
        <>
          <h3>Optimal for batch {numberText(run.batch)}, by the paper</h3>
          <dl>
            {theoryRows(run.optimizer, optimal.hyper).map((row) => (
              <Row key={row.tex} {...row} />
            ))}
            {optimal.spectralRadius !== undefined && (
              <Row tex="\rho" label="exact rate there" value={formatRate(optimal.spectralRadius)} />
            )}
            {optimal.guaranteedRate !== undefined && (
              <Row tex="" label="guaranteed there" value={formatRate(optimal.guaranteedRate)} />
            )}
          </dl>
          {epochs && <p>Proved for minibatches drawn with replacement; with epochs take them as a guide.</p>}
        </>
      )}
      {best && (
        <>
          <h3>Best by search</h3>
          <dl>
            {optimizerOf(run.optimizer).hyper.map((h) => (
              <Row key={h.key} tex={h.symbol} label={h.label} value={numberText(best.hyper[h.key] ?? Number.NaN)} />
            ))}
            <Row tex="\rho" label="least exact rate" value={formatRate(best.spectralRadius)} />
          </dl>
          <p>
            {gain && `${numberText(gain.times, 3)} times as fast as ${gain.than}. `}
            <Button size="compact-xs" variant="light" onClick={use(best.hyper)}>
              Use these
            </Button>
          </p>
        </>
      )}
      {advice?.noBest !== undefined && <p>{advice.noBest}</p>}
      {published && (
        <>
          <h3>Published values to start from</h3>
          <p>{published.about}</p>
          <dl>
            {optimizerOf(run.optimizer).hyper.flatMap((h) =>
              published.hyper[h.key] === undefined ? (
                []
              ) : (
                <Row key={h.key} tex={h.symbol} label={h.label} value={numberText(published.hyper[h.key]!)} />
              ),
            )}
          </dl>
          <p>
            <Button size="compact-xs" variant="light" onClick={use(published.hyper)}>
              Use these
            </Button>
          </p>
        </>
      )}
      {unstable !== undefined && <p>{unstable}</p>}
      {!advice && theory.reason === undefined && <p>Looking for the best values …</p>}
    </div>
  );
}

function Row({ tex, label, value }: { readonly tex: string; readonly label: string; readonly value: string }) {
  return (
    <div>
      <dt>
        {tex !== '' && <Tex>{tex}</Tex>}
        <span>{label}</span>
      </dt>
      <dd>{value}</dd>
    </div>
  );
}

const whole = new Intl.NumberFormat('en-US');

/** In full as long as that is readable. */
const stepText = (step: number) => (step < 1e9 ? whole.format(Math.ceil(step)) : formatLoss(step, 2));

/** Six digits: a link stays readable, and a rate moves in the seventh. */
const rounded = (hyper: Hyper): Hyper =>
  Object.fromEntries(
    Object.entries(hyper).map(([key, value]) => [
      key,
      // Momenta close to 1 and κ̃ close to 1 keep the digits of their distance to it.
      Math.abs(1 - value) < 0.1 ? 1 - Number((1 - value).toPrecision(6)) : Number(value.toPrecision(6)),
    ]),
  );
