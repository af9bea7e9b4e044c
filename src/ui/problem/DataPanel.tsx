import { Button, NativeSelect, SegmentedControl, Select, Switch, UnstyledButton } from '@mantine/core';
import { IconFileUpload, IconTable } from '@tabler/icons-react';
import { useState } from 'react';
import { listed } from '../../data/words';
import type { ProblemConfig } from '../../problems/registry';
import { missingFiles, sameFiles } from '../../state/datasets';
import { experimentStore, useExperiment } from '../../state/experiment-store';
import { useSession } from '../../state/session-store';
import type { DatasetSummary } from '../../worker/protocol';
import { ControlRow } from '../controls/ControlRow';
import { numberText } from '../controls/number-text';
import { ValueSlider } from '../controls/ValueSlider';
import { DownloadList } from '../data/DownloadList';
import { useFiles } from '../files-context';
import { omit } from '../omit';
import classes from './problem.module.css';

export type RegressionProblem = Extract<ProblemConfig, { kind: 'linear-regression' }>;

interface DataPanelProps {
  readonly problem: RegressionProblem;
  /** Rows that can be used at most. */
  readonly rowLimit?: number;
  /** Whether there is a choice of an intercept; there is unless told. */
  readonly withIntercept?: boolean;
  /** Whether one class can be told from the rest; it can unless told. */
  readonly withOneVersusRest?: boolean;
  readonly onChange: (problem: RegressionProblem, gesture?: string) => string | undefined;
}

/** The data set of a regression: files, target, scaling. */
export function DataPanel(props: DataPanelProps) {
  const { problem, onChange } = props;
  const datasets = useSession((state) => state.datasets);
  const config = useExperiment((state) => state.config);
  const missing = missingFiles(config, datasets).filter((name) => name !== '');
  const dataset = datasets.find((candidate) => sameFiles(candidate.files, problem.dataset.files));
  return (
    <div className={classes['data']}>
      <DropTarget missing={missing} />
      {datasets.length > 0 && (
        <ul className={classes['files']} aria-label="Loaded data sets">
          {datasets.map((candidate) => (
            <li key={candidate.files.join('\n')}>
              <UnstyledButton
                className={classes['file']}
                aria-pressed={candidate === dataset}
                onClick={() => {
                  if (candidate !== dataset)
                    onChange({ ...problem, dataset: { files: [...candidate.files] }, target: {} });
                }}
              >
                <span>{candidate.files.join(' + ')}</span>
                <span className={classes['shape']}>{shapeText(candidate)}</span>
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
      <DownloadList inUse={dataset?.files ?? []} folded={dataset !== undefined} />
      {dataset && <TargetFields {...props} dataset={dataset} />}
    </div>
  );
}

function shapeText({ rows, columns, image }: DatasetSummary): string {
  const picture = image ? ` (${image.width} × ${image.height} pixels)` : '';
  return `${rows.toLocaleString('en-US')} rows × ${columns.length.toLocaleString('en-US')} columns${picture}`;
}

function DropTarget({ missing }: { readonly missing: readonly string[] }) {
  const files = useFiles();
  const [busy, setBusy] = useState(false);
  return (
    <div className={classes['drop']} data-active={files.dragging}>
      <IconFileUpload size={22} stroke={1.5} aria-hidden="true" />
      {missing.length > 0 ? (
        <p>
          This experiment needs <strong>{listed(missing)}</strong>: drop {missing.length > 1 ? 'them' : 'it'} here,{' '}
          {missing.length > 1 ? 'together' : 'anywhere on the page'}.
        </p>
      ) : (
        <p>
          Drop a table (CSV, .npy), IDX or CIFAR (.bin) files, .gz too, or a folder or ZIP of pictures. Files that
          belong together go together.
        </p>
      )}
      <div className={classes['dropButtons']}>
        <Button size="compact-xs" variant="default" onClick={files.choose}>
          Choose files…
        </Button>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconTable size={14} aria-hidden="true" />}
          loading={busy}
          onClick={() => {
            setBusy(true);
            void files.loadSample().finally(() => {
              setBusy(false);
            });
          }}
        >
          Use the sample
        </Button>
      </div>
    </div>
  );
}

interface TargetFieldsProps extends DataPanelProps {
  readonly dataset: DatasetSummary;
}

function TargetFields(props: TargetFieldsProps) {
  const { problem, dataset, rowLimit, withIntercept = true, withOneVersusRest = true, onChange } = props;
  const { endGesture } = experimentStore.getState();
  const standard = dataset.labelColumn ?? dataset.columns.at(-1)!;
  const column = problem.target.column ?? standard;
  const { oneVersusRest } = problem.target;
  const most = Math.min(dataset.rows, rowLimit ?? Infinity);
  // The label values that the summary has are those of the standard target column.
  const labels = withOneVersusRest && column === standard ? (dataset.labelValues ?? []) : [];
  return (
    <>
      <ControlRow label="target">
        <Select
          size="xs"
          flex={1}
          aria-label="Target column"
          data={[...dataset.columns]}
          value={column}
          limit={100}
          searchable={dataset.columns.length > 12}
          allowDeselect={false}
          onChange={(value) => {
            if (value !== null) onChange({ ...problem, target: value === standard ? {} : { column: value } });
          }}
        />
      </ControlRow>
      {labels.length > 1 && (
        <ControlRow label="predict" help="The target’s number itself, or +1 for one of its values and −1 for the rest.">
          <NativeSelect
            flex={1}
            aria-label="What to predict of the target"
            value={oneVersusRest === undefined ? '' : String(oneVersusRest)}
            data={[
              { value: '', label: 'its number' },
              ...labels.map((value) => ({
                value: String(value),
                label: `${dataset.classNames?.[value] ?? numberText(value)} against the rest`,
              })),
            ]}
            onChange={(event) => {
              const { value } = event.currentTarget;
              const target = omit(problem.target, 'oneVersusRest');
              onChange({ ...problem, target: value === '' ? target : { ...target, oneVersusRest: Number(value) } });
            }}
          />
        </ControlRow>
      )}
      <ControlRow
        label="scaling"
        help="Standard: every column to mean 0 and variance 1. Unit: divided by the largest magnitude. Raw: as it is."
      >
        <SegmentedControl
          size="xs"
          flex={1}
          aria-label="Scaling of the features"
          data={[
            { value: 'standardised', label: 'Standard' },
            { value: 'unit', label: 'Unit' },
            { value: 'raw', label: 'Raw' },
          ]}
          value={problem.scaling}
          onChange={(value) => {
            onChange({ ...problem, scaling: value });
          }}
        />
      </ControlRow>
      <ValueSlider
        label="rows used"
        symbol="n"
        help="Use only the first rows of the data set."
        value={problem.dataset.rows ?? most}
        scale="log"
        slider={{ min: Math.min(10, most), max: Math.max(11, most) }}
        valid={{ min: 1, max: most }}
        integer
        initial={most}
        onChange={(rows, gesture) =>
          onChange(
            {
              ...problem,
              dataset: rows === most ? omit(problem.dataset, 'rows') : { ...problem.dataset, rows },
            },
            gesture ? 'rows' : undefined,
          )
        }
        onChangeEnd={endGesture}
      />
      {withIntercept && (
        <ControlRow label="intercept" htmlFor="intercept" help="Adds a constant feature 1.">
          <Switch
            id="intercept"
            size="xs"
            checked={problem.intercept}
            onChange={(event) => {
              onChange({ ...problem, intercept: event.currentTarget.checked });
            }}
          />
        </ControlRow>
      )}
    </>
  );
}
