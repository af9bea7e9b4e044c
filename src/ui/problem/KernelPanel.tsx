import { NativeSelect } from '@mantine/core';
import type { KernelConfig } from '../../problems/kernel';
import {
  KERNEL_DATA,
  MAX_KERNEL_ROWS,
  RECORDED_KERNEL_ROWS,
  type KernelRegression,
} from '../../problems/kernel-regression';
import { experimentStore } from '../../state/experiment-store';
import { useSession } from '../../state/session-store';
import { ControlRow } from '../controls/ControlRow';
import { ValueSlider } from '../controls/ValueSlider';
import { DataPanel, type RegressionProblem } from './DataPanel';
import classes from './problem.module.css';

interface KernelPanelProps {
  readonly problem: KernelRegression;
  readonly onChange: (problem: KernelRegression, gesture?: string) => string | undefined;
}

type Data = KernelRegression['data'];
type GeneratedData = Exclude<Data, { kind: 'files' }>;

const START: Readonly<Record<KernelConfig['kind'], KernelConfig>> = {
  gaussian: { kind: 'gaussian', bandwidth: 0.08 },
  laplacian: { kind: 'laplacian', bandwidth: 0.08 },
  polynomial: { kind: 'polynomial', degree: 3, offset: 1 },
};
const START_ROWS = 24;
const DATA_LABELS = { curve: 'A smooth curve', moons: 'Two moons', circles: 'Two circles', spirals: 'Two spirals' };

/** The kernel and the data of a kernel regression. */
export function KernelPanel({ problem, onChange }: KernelPanelProps) {
  const { kernel, data } = problem;
  const rows = useSession((state) => state.objective?.rows);
  return (
    <>
      <ControlRow label="kernel" help="Scaled so that k(x, x) = 1: then L₁ = 1 whatever the data.">
        <NativeSelect
          flex={1}
          aria-label="Kernel"
          value={kernel.kind}
          data={[
            { value: 'gaussian', label: 'Gaussian' },
            { value: 'laplacian', label: 'Laplacian' },
            { value: 'polynomial', label: 'Polynomial' },
          ]}
          onChange={(event) => {
            onChange({ ...problem, kernel: withKind(kernel, event.currentTarget.value as KernelConfig['kind']) });
          }}
        />
      </ControlRow>
      <KernelFields kernel={kernel} onChange={(next, gesture) => onChange({ ...problem, kernel: next }, gesture)} />
      <ControlRow label="data">
        <NativeSelect
          flex={1}
          aria-label="Data"
          value={data.kind}
          data={[
            ...KERNEL_DATA.map((kind) => ({ value: kind, label: DATA_LABELS[kind] })),
            { value: 'files', label: 'Your own data' },
          ]}
          onChange={(event) => {
            onChange({ ...problem, data: dataOf(data, event.currentTarget.value as Data['kind']) });
          }}
        />
      </ControlRow>
      {data.kind === 'files' ? (
        <DataPanel
          problem={asRegression(data)}
          rowLimit={MAX_KERNEL_ROWS}
          withIntercept={false}
          onChange={(next, gesture) => onChange({ ...problem, data: fromRegression(next) }, gesture)}
        />
      ) : (
        <GeneratedFields data={data} onChange={(next, gesture) => onChange({ ...problem, data: next }, gesture)} />
      )}
      <p className={classes['summary']}>
        Runs move the coefficients of the kernel at the data points. Adam scales each of them, so it depends on this
        choice; the other rules do not.
        {rows !== undefined &&
          rows > RECORDED_KERNEL_ROWS &&
          ` Losses are those of ${RECORDED_KERNEL_ROWS.toLocaleString('en-US')} of the rows.`}
      </p>
    </>
  );
}

interface KernelFieldsProps {
  readonly kernel: KernelConfig;
  readonly onChange: (kernel: KernelConfig, gesture?: string) => string | undefined;
}

function KernelFields({ kernel, onChange }: KernelFieldsProps) {
  const { endGesture } = experimentStore.getState();
  if (kernel.kind !== 'polynomial')
    return (
      <ValueSlider
        label="bandwidth"
        symbol="\sigma"
        help="Points closer than this are alike. The wider the kernel, the faster its eigenvalues fall."
        value={kernel.bandwidth}
        scale="log"
        slider={{ min: 0.01, max: 100 }}
        valid={{ min: 1e-6, max: 1e6 }}
        initial={0.08}
        onChange={(bandwidth, gesture) => onChange({ ...kernel, bandwidth }, gesture ? 'bandwidth' : undefined)}
        onChangeEnd={endGesture}
      />
    );
  return (
    <>
      <ValueSlider
        label="degree"
        symbol="p"
        value={kernel.degree}
        scale="linear"
        slider={{ min: 1, max: 12 }}
        valid={{ min: 1, max: 12 }}
        integer
        initial={3}
        onChange={(degree, gesture) => onChange({ ...kernel, degree }, gesture ? 'degree' : undefined)}
        onChangeEnd={endGesture}
      />
      <ValueSlider
        label="offset"
        symbol="c"
        help="The kernel is a power of ⟨x, z⟩ + c: the larger c, the less the high powers count."
        value={kernel.offset}
        scale="log"
        slider={{ min: 0.01, max: 100 }}
        valid={{ min: 1e-6, max: 1e6 }}
        initial={1}
        onChange={(offset, gesture) => onChange({ ...kernel, offset }, gesture ? 'offset' : undefined)}
        onChangeEnd={endGesture}
      />
    </>
  );
}

interface GeneratedFieldsProps {
  readonly data: GeneratedData;
  readonly onChange: (data: GeneratedData, gesture?: string) => string | undefined;
}

function GeneratedFields({ data, onChange }: GeneratedFieldsProps) {
  const { endGesture } = experimentStore.getState();
  return (
    <>
      <ValueSlider
        label="rows"
        symbol="n"
        value={data.rows}
        scale="log"
        slider={{ min: 8, max: MAX_KERNEL_ROWS }}
        valid={{ min: 2, max: MAX_KERNEL_ROWS }}
        integer
        initial={START_ROWS}
        onChange={(rows, gesture) => onChange({ ...data, rows }, gesture ? 'rows' : undefined)}
        onChangeEnd={endGesture}
      />
      <ValueSlider
        label="noise"
        symbol="s"
        help="Standard deviation of what is added to the points, or to the values of the curve."
        value={data.noise}
        scale="linear"
        slider={{ min: 0, max: 1 }}
        valid={{ min: 0, max: 10 }}
        initial={0}
        onChange={(noise, gesture) => onChange({ ...data, noise }, gesture ? 'noise' : undefined)}
        onChangeEnd={endGesture}
      />
    </>
  );
}

/** Gaussian and Laplacian kernels keep their bandwidth. */
function withKind(kernel: KernelConfig, kind: KernelConfig['kind']): KernelConfig {
  if (kind !== 'polynomial' && kernel.kind !== 'polynomial') return { kind, bandwidth: kernel.bandwidth };
  return START[kind];
}

function dataOf(before: Data, kind: Data['kind']): Data {
  if (kind === 'files') return { kind, files: [], scaling: 'standardised' };
  return before.kind === 'files' ? { kind, rows: START_ROWS, noise: 0 } : { ...before, kind };
}

/** The data of a kernel regression as the panel of a linear one shows it, and back. */
function asRegression({ files, rows, column, oneVersusRest, scaling }: Extract<Data, { kind: 'files' }>) {
  const problem: RegressionProblem = {
    kind: 'linear-regression',
    dataset: { files, ...(rows === undefined ? {} : { rows }) },
    target: {
      ...(column === undefined ? {} : { column }),
      ...(oneVersusRest === undefined ? {} : { oneVersusRest }),
    },
    scaling,
    intercept: false,
  };
  return problem;
}

const fromRegression = ({ dataset, target, scaling }: RegressionProblem): Data => ({
  kind: 'files',
  ...dataset,
  ...target,
  scaling,
});
