import { ActionIcon, Button, NativeSelect, SegmentedControl, Slider, useComputedColorScheme } from '@mantine/core';
import { useElementSize, useIntersection, useReducedMotion, useThrottledValue } from '@mantine/hooks';
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { formatCount, formatLoss, formatParameter } from '../../export/figure/format';
import { runLabels } from '../../export/figure/labels';
import { useExperiment } from '../../state/experiment-store';
import { useSession } from '../../state/session-store';
import { Swatch } from '../chart/Swatch';
import { runStyle } from '../palette';
import { Bars } from './Bars';
import { errorText, type AxisKind } from './geometry';
import { errorAt, hasDiverged, pointAt, type DrawnPath } from './path';
import { Picture } from './Picture';
import { usePlayback } from './use-playback';
import { useTrajectories } from './use-trajectories';
import classes from './descent.module.css';

const kinds: { value: AxisKind; label: string }[] = [
  { value: 'whole', label: 'Whole path' },
  { value: 'zoom', label: 'Zoom in' },
  { value: 'log', label: 'Log' },
];

/** How the runs go down: their paths along two eigen-directions, and the loss left in each direction. */
export function Descent() {
  const scheme = useComputedColorScheme('light');
  const { ref, entry } = useIntersection<HTMLElement>({ rootMargin: '200px' });
  const { runs, left, failure } = useTrajectories(entry?.isIntersecting ?? false);
  const configs = useExperiment((state) => state.config.runs);
  const labels = useMemo(() => runLabels(configs), [configs]);

  const paths = useMemo(() => {
    const drawn = runs.flatMap(({ id, index, trajectory }): DrawnPath[] =>
      trajectory?.kind === 'path' && configs[index]
        ? [{ id, label: labels[index]!, style: runStyle(configs, index, scheme), path: trajectory }]
        : [],
    );
    // While a new problem comes in, paths of the old one have no place beside it.
    const kept = drawn.at(-1)?.path.ranks.length;
    return drawn.filter(({ path }) => path.ranks.length === kept);
  }, [runs, configs, labels, scheme]);
  const notes = new Set(
    runs.flatMap(({ trajectory }) => {
      if (!trajectory) return [];
      return trajectory.kind === 'none' ? trajectory.reason : (trajectory.cut ?? []);
    }),
  );
  if (failure !== undefined) notes.add(failure);
  if (left > 0) notes.add(`${left} further runs are left out: so many paths could not be told apart.`);

  return (
    <section ref={ref} className={classes['descent']} aria-labelledby="descent-heading">
      <header>
        <h2 id="descent-heading">Descent</h2>
        <p>The way of each run&rsquo;s first seed towards the minimum, along eigen-directions of the Hessian.</p>
      </header>
      {paths.length > 0 ? (
        <Stage paths={paths} />
      ) : (
        notes.size === 0 && <p className={classes['note']}>No paths yet.</p>
      )}
      {[...notes].map((note) => (
        <p key={note} className={classes['note']}>
          {note}
        </p>
      ))}
    </section>
  );
}

function Stage({ paths }: { paths: readonly DrawnPath[] }) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [kind, setKind] = useState<AxisKind>('whole');
  const [chosen, setChosen] = useState<readonly [number | undefined, number | undefined]>([undefined, undefined]);
  const longest = paths.reduce(
    (long, { path }) => (path.step.length > long.length ? path.step : long),
    paths[0]!.path.step,
  );
  const playback = usePlayback(longest.length);
  const still = useReducedMotion();
  const live = useSession((state) =>
    state.shown.reduce((most, { curve, stale }) => Math.max(most, (stale ? undefined : curve?.step.at(-1)) ?? 0), 0),
  );
  const calm = useThrottledValue(live, 500);
  const following = playback.place === undefined;
  const raced = still ? calm : live;
  const last = longest.length - 1;
  const place = playback.place ?? placeOf(longest, raced);
  const step = longest[place]!;

  const { eigenvalues, ranks } = paths[0]!.path;
  const kept = ranks.length;
  const horizontal = Math.min(chosen[0] ?? 0, kept - 1);
  const vertical = Math.min(chosen[1] ?? kept - 1, kept - 1);
  const directions = useMemo(() => [horizontal, vertical] as const, [horizontal, vertical]);
  const nameOf = (direction: number) => `λ${subscript(ranks[direction]! + 1)} = ${eigenText(eigenvalues[direction]!)}`;
  const short = (direction: number) => `λ${subscript(ranks[direction]! + 1)}`;
  const options = Array.from(ranks, (_, k) => ({ value: String(k), label: nameOf(k) }));

  const wide = width >= 760;
  const pictureWidth = wide ? Math.floor(width * 0.6) - 12 : width;
  const barsWidth = wide ? width - pictureWidth - 24 : width;
  const height = wide ? 400 : Math.min(400, Math.max(280, width * 0.85));

  return (
    <>
      <div className={classes['toolbar']} role="group" aria-label="Descent settings">
        <NativeSelect
          aria-label="Horizontal direction"
          value={String(horizontal)}
          data={options}
          onChange={(event) => {
            setChosen([Number(event.currentTarget.value), chosen[1]]);
          }}
        />
        <span aria-hidden="true">×</span>
        <NativeSelect
          aria-label="Vertical direction"
          value={String(vertical)}
          data={options}
          onChange={(event) => {
            setChosen([chosen[0], Number(event.currentTarget.value)]);
          }}
        />
        <SegmentedControl
          size="xs"
          aria-label="Scale of the picture"
          data={kinds}
          value={kind}
          onChange={(value) => {
            setKind(value);
          }}
        />
      </div>
      <div ref={ref} className={classes['stage']}>
        {width > 0 && (
          <>
            <Picture
              paths={paths}
              directions={directions}
              names={[short(horizontal), short(vertical)]}
              kind={kind}
              step={step}
              width={pictureWidth}
              height={height}
              label={`Paths of ${paths.length} runs over the contours of the loss; the table below holds the positions.`}
            />
            <Bars
              paths={paths}
              marked={directions}
              nameOf={nameOf}
              step={step}
              width={barsWidth}
              height={wide ? height : 240}
            />
          </>
        )}
      </div>
      <div className={classes['time']}>
        <ActionIcon
          variant="light"
          color="accent"
          size={32}
          radius="xl"
          aria-label={playback.playing ? 'Pause the descent' : 'Play the descent'}
          onClick={() => {
            playback.toggle(place);
          }}
        >
          {playback.playing ? (
            <IconPlayerPauseFilled size={15} aria-hidden="true" />
          ) : (
            <IconPlayerPlayFilled size={15} aria-hidden="true" />
          )}
        </ActionIcon>
        <Slider
          className={classes['slider'] ?? ''}
          size={3}
          thumbSize={14}
          min={0}
          max={Math.max(1, last)}
          value={place}
          label={null}
          thumbLabel="Step of the descent"
          thumbValueText={`step ${formatCount(step)}`}
          onChange={playback.show}
        />
        <span className={classes['step']}>step {formatCount(step)}</span>
        <Button
          size="compact-xs"
          variant={following ? 'light' : 'default'}
          aria-pressed={following}
          onClick={() => {
            playback.show(following ? place : undefined);
          }}
        >
          Follow the race
        </Button>
      </div>
      <div className={classes['tableBox']} tabIndex={0} role="group" aria-label="Positions of the runs">
        <table>
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">error along {short(horizontal)}</th>
              <th scope="col">error along {short(vertical)}</th>
              <th scope="col">loss above the minimum</th>
            </tr>
          </thead>
          <tbody>
            {paths.map(({ id, label, style, path }) => {
              const point = pointAt(path, step);
              return (
                <tr key={id}>
                  <th scope="row">
                    <Swatch style={style} width={18} /> {label}
                  </th>
                  <td>{errorText(errorAt(path, point, horizontal))}</td>
                  <td>{errorText(errorAt(path, point, vertical))}</td>
                  <td>
                    {hasDiverged(path, step)
                      ? `diverged at step ${formatCount(path.diverged!)}`
                      : formatLoss(path.excess[point]!)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** The last of ascending steps at or before a step. */
function placeOf(steps: readonly number[], at: number): number {
  const after = steps.findIndex((step) => step > at);
  return after < 0 ? steps.length - 1 : Math.max(0, after - 1);
}

const subscript = (value: number) => String(value).replace(/\d/g, (digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]!);
const eigenText = (value: number) => (value < 1e-3 ? formatLoss(value) : formatParameter(value, 3));
