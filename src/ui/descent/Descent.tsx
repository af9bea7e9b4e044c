import { ActionIcon, Button, NativeSelect, SegmentedControl, Slider, useComputedColorScheme } from '@mantine/core';
import { useElementSize, useIntersection, useReducedMotion, useThrottledValue } from '@mantine/hooks';
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { formatCount, formatLoss, formatParameter } from '../../export/figure/format';
import { runLabels } from '../../export/figure/labels';
import { useExperiment } from '../../state/experiment-store';
import { useSession } from '../../state/session-store';
import { Swatch } from '../chart/Swatch';
import { runStyle } from '../palette';
import { useTextScale } from '../text-scale';
import { Bars } from './Bars';
import { errorText, type ScaleKind } from './geometry';
import { errorAt, hasDiverged, pointAt, type DrawnPath } from './path';
import { Picture } from './Picture';
import { usePlayback } from './use-playback';
import { useTrajectories } from './use-trajectories';
import classes from './descent.module.css';

const kinds: { value: ScaleKind; label: string }[] = [
  { value: 'rings', label: 'Loss rings' },
  { value: 'whole', label: 'Errors' },
  { value: 'zoom', label: 'Zoom in' },
];

/** How the runs go down: their paths along two eigen-directions, and the loss left in each direction. */
export function Descent() {
  const scheme = useComputedColorScheme('light');
  const { ref, entry } = useIntersection<HTMLElement>({ rootMargin: '200px' });
  const network = useExperiment(({ config }) => config.problem.kind === 'network');
  const { runs, left, failure } = useTrajectories(!network && (entry?.isIntersecting ?? false));
  const configs = useExperiment((state) => state.config.runs);
  const labels = useMemo(() => runLabels(configs), [configs]);
  const imported = useSession((state) => state.imported !== undefined);

  const paths = useMemo(
    () =>
      // Those of the problem that was there before the file have nothing to do with it.
      (imported || network ? [] : runs).flatMap(({ id, index, trajectory, stale }): DrawnPath[] =>
        trajectory?.kind === 'path' && configs[index]
          ? [{ id, label: labels[index]!, style: runStyle(configs, index, scheme), path: trajectory, stale }]
          : [],
      ),
    [imported, network, runs, configs, labels, scheme],
  );
  const notes = new Set(
    (imported || network ? [] : runs).flatMap(({ trajectory }) => {
      if (!trajectory) return [];
      return trajectory.kind === 'none' ? trajectory.reason : (trajectory.cut ?? []);
    }),
  );
  if (imported) notes.add('The opened file holds losses, not the ways there: run the experiment to see its descent.');
  else if (network)
    notes.add('Nothing to draw for a network: its Hessian turns with the weights, and with it the eigen-directions.');
  else if (failure !== undefined) notes.add(failure);
  if (left > 0 && !network) notes.add(`${left} further runs are left out: so many paths could not be told apart.`);

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
  const [kind, setKind] = useState<ScaleKind>('rings');
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
  // The race's own chart comes first.
  const followed = useDeferredValue(live);
  const calm = useThrottledValue(live, 500);
  const following = playback.place === undefined;
  const raced = still ? calm : followed;
  const last = longest.length - 1;
  const place = playback.place ?? placeOf(longest, raced);
  const step = longest[place]!;

  const { eigenvalues, ranks } = paths[0]!.path;
  const kept = ranks.length;
  const horizontal = Math.min(chosen[0] ?? 0, kept - 1);
  const wished = Math.min(chosen[1] ?? kept - 1, kept - 1);
  // A direction against itself shows nothing: only a problem with a single one has no other.
  const vertical = wished === horizontal ? (horizontal === 0 ? kept - 1 : 0) : wished;
  const directions = useMemo(() => [horizontal, vertical] as const, [horizontal, vertical]);
  const nameOf = (direction: number) => `λ${subscript(ranks[direction]! + 1)} = ${eigenText(eigenvalues[direction]!)}`;
  const short = (direction: number) => `λ${subscript(ranks[direction]! + 1)}`;
  const options = (other: number) =>
    Array.from(ranks, (_, k) => ({ value: String(k), label: nameOf(k), disabled: k === other && kept > 1 }));

  const scale = useTextScale();
  const wide = width >= 760 * scale;
  const pictureWidth = wide ? Math.floor(width * 0.6) - 12 : width;
  const barsWidth = wide ? width - pictureWidth - 24 : width;
  const height = wide ? 400 * scale : Math.min(400, Math.max(280, width * 0.95));
  const ratio = Math.sqrt(eigenvalues[Math.min(horizontal, vertical)]! / eigenvalues[Math.max(horizontal, vertical)]!);

  return (
    <>
      <div className={classes['toolbar']} role="group" aria-label="Descent settings">
        <NativeSelect
          aria-label="Horizontal direction"
          value={String(horizontal)}
          data={options(vertical)}
          onChange={(event) => {
            setChosen([Number(event.currentTarget.value), vertical]);
          }}
        />
        <span aria-hidden="true">×</span>
        <NativeSelect
          aria-label="Vertical direction"
          value={String(vertical)}
          data={options(horizontal)}
          onChange={(event) => {
            setChosen([horizontal, Number(event.currentTarget.value)]);
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
      <p className={classes['note']}>
        {kind === 'rings'
          ? `Circles are contours of the loss, evenly spaced in its logarithm. Both axes are stretched by √λ${kept > 1 ? `: to scale, they would be ellipses ${ratioText(ratio)} times as long as wide` : ''}. Left and right the loss lies along ${short(horizontal)}, above and below along ${short(vertical)}.`
          : `Errors to scale, each axis with a scale of its own. Ellipses are contours of the loss, ${ratioText(ratio)} times as long as wide where both axes have the same scale.`}
      </p>
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
              scale={scale}
              label={`Paths of ${paths.length} runs over the contours of the loss; the table below holds the positions.`}
            />
            <Bars
              paths={paths}
              marked={directions}
              nameOf={nameOf}
              step={step}
              width={barsWidth}
              height={wide ? height : 240 * scale}
              scale={scale}
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
const ratioText = (ratio: number) => (ratio < 1.05 ? '1' : formatParameter(ratio, 2));
const eigenText = (value: number) => (value < 1e-3 ? formatLoss(value) : formatParameter(value, 3));
