import { Button, SegmentedControl, Switch } from '@mantine/core';
import { IconRulerMeasure } from '@tabler/icons-react';
import { useId } from 'react';
import type { ExperimentConfig } from '../../experiment/config';
import type { SweepConfig } from '../../experiment/sweep';
import { formatCount } from '../../export/figure/format';
import { sweepSize, type SweepMap } from '../../export/sweep/maps';
import { useSession } from '../../state/session-store';
import { defaultSweep, whyNotOptimal } from '../../state/sweep-axes';
import type { KnownConstants } from '../../theory/spectral';
import { NumberBox } from '../controls/NumberBox';
import { useFault } from '../controls/use-fault';
import { durationText } from '../transport/progress-text';
import { AxisControls } from './AxisControls';
import classes from './sweep.module.css';

interface SweepSetupProps {
  readonly sweep: SweepConfig;
  readonly config: ExperimentConfig;
  readonly maps: readonly SweepMap[];
  readonly constants: KnownConstants | undefined;
  /** Lane-steps per second when last measured. */
  readonly rate: number | undefined;
  /** Returns what the experiment says against it, if anything. */
  readonly onChange: (sweep: SweepConfig) => string | undefined;
}

/** What is swept, and how much that is. */
export function SweepSetup({ sweep, config, maps, constants, rate, onChange }: SweepSetupProps) {
  const [error, setError] = useFault(sweep);
  const reasonId = useId();
  const rows = useSession(({ objective }) => objective?.rows);
  const reason = whyNotOptimal(config, constants, rows);
  const patch = (change: Partial<SweepConfig>) => {
    setError(onChange({ ...sweep, ...change }));
  };
  return (
    <div className={classes['setup']} role="group" aria-label="What is swept">
      <AxisControls axis="x" {...{ sweep, config, constants, onChange }} />
      <AxisControls axis="y" {...{ sweep, config, constants, onChange }} />
      <div className={classes['options']}>
        <span className={classes['option']}>
          <span>Other values</span>
          <SegmentedControl
            size="xs"
            aria-label="Values off the axes"
            {...(reason === undefined ? {} : { 'aria-describedby': reasonId })}
            data={[
              { value: 'fixed', label: 'As in the runs' },
              { value: 'optimal', label: 'Optimal per batch', disabled: reason !== undefined },
            ]}
            value={sweep.others}
            onChange={(others) => {
              patch({ others });
            }}
          />
          {reason !== undefined && (
            <span className={classes['reason']} id={reasonId}>
              {reason}
            </span>
          )}
        </span>
        <span className={classes['option']} data-box="true">
          <span>Tolerance</span>
          <NumberBox
            name="Tolerance: share of the first loss"
            value={sweep.tolerance}
            check={(value) => (value > 0 && value <= 1 ? undefined : 'The tolerance must be above 0 and at most 1.')}
            onCommit={(tolerance) => {
              patch({ tolerance });
            }}
            onError={setError}
          />
          <span>of the first loss</span>
        </span>
        <Switch
          size="xs"
          label="Stop there"
          title="A seed ends where its loss is within the tolerance; otherwise it takes all steps"
          checked={sweep.stopAtTolerance}
          onChange={(event) => {
            patch({ stopAtTolerance: event.currentTarget.checked });
          }}
        />
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconRulerMeasure size={14} aria-hidden="true" />}
          title="Batch size by step size, over what theory finds worth a look on this problem"
          onClick={() => {
            const { x, y } = defaultSweep(config, constants);
            patch({ x, y });
          }}
        >
          Fit axes to the problem
        </Button>
      </div>
      {error !== undefined && (
        <p className={classes['error']} role="alert">
          {error}
        </p>
      )}
      <p className={classes['size']}>{sizeText(config, sweep, maps, rate)}</p>
    </div>
  );
}

/** How large the sweep is, before it begins. */
function sizeText(
  config: ExperimentConfig,
  sweep: SweepConfig,
  maps: readonly SweepMap[],
  rate: number | undefined,
): string {
  if (maps.length === 0) return 'There is nothing to sweep: no run is switched on.';
  const size = sweepSize(config, sweep, maps);
  const count = (value: number, one: string) => `${formatCount(value)} ${one}${value === 1 ? '' : 's'}`;
  const shared =
    size.lanes < size.maps * size.x * size.y * config.seeds ? ' (cells that are one run share theirs)' : '';
  const least = sweep.stopAtTolerance ? 'at most ' : '';
  const time = rate === undefined || size.work === 0 ? '' : ` · ${least}about ${durationText(size.work / rate)}`;
  return (
    `${count(size.maps, 'map')} × ${size.x} × ${size.y} cells × ${count(config.seeds, 'seed')} = ` +
    `${count(size.lanes, 'lane')}${shared} · ${least}${formatCount(size.work)} steps of a lane${time}`
  );
}
