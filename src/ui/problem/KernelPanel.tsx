import { NativeSelect } from '@mantine/core';
import type { KernelConfig } from '../../problems/kernel';
import {
  KERNEL_DATA,
  MAX_KERNEL_ROWS,
  RECORDED_KERNEL_ROWS,
  type KernelRegression,
} from '../../problems/kernel-regression';
import { sameFiles } from '../../state/datasets';
import { experimentStore } from '../../state/experiment-store';
import { withKernelData, withKernelKind } from '../../state/kernel-defaults';
import { useSession } from '../../state/session-store';
import { ControlRow } from '../controls/ControlRow';
import { ValueSlider, type ValueSliderProps } from '../controls/ValueSlider';
import { DataPanel, type RegressionProblem } from './DataPanel';
import classes from './problem.module.css';

interface KernelPanelProps {
  readonly problem: KernelRegression;
  readonly onChange: (problem: KernelRegression, gesture?: string) => string | undefined;
}

type Data = KernelRegression['data'];
type FileData = Extract<Data, { kind: 'files' }>;

const START: Readonly<Record<KernelConfig['kind'], KernelConfig>> = {
  gaussian: { kind: 'gaussian', bandwidth: 0.08 },
  laplacian: { kind: 'laplacian', bandwidth: 0.08 },
  polynomial: { kind: 'polynomial', degree: 3, offset: 1 },
};
const KERNEL_LABELS: Readonly<Record<KernelConfig['kind'], string>> = {
  gaussian: 'Gaussian',
  laplacian: 'Laplacian',
  polynomial: 'Polynomial',
};
const DATA_LABELS: Readonly<Record<Data['kind'], string>> = {
  curve: 'A smooth curve',
  moons: 'Two moons',
  circles: 'Two circles',
  spirals: 'Two spirals',
  digits: 'Handwritten-like digits',
  files: 'Your own data',
};
const DATA_KINDS: readonly Data['kind'][] = [...KERNEL_DATA, 'digits', 'files'];

/** The kernel and the data of a kernel regression. */
export function KernelPanel({ problem, onChange }: KernelPanelProps) {
  const { kernel, data } = problem;
  const rows = useSession((state) => state.objective?.rows);
  const datasets = useSession((state) => state.datasets);
  return (
    <>
      <Choice
        label="kernel"
        help="Scaled so that k(x, x) = 1: then L₁ = 1 whatever the data."
        value={kernel.kind}
        labels={KERNEL_LABELS}
        onChange={(kind) => {
          onChange({ ...problem, kernel: withKind(kernel, kind) });
        }}
      />
      <Numbers of={kernel} onChange={(next, gesture) => onChange({ ...problem, kernel: next }, gesture)} />
      <Choice
        label="data"
        value={data.kind}
        labels={DATA_LABELS}
        order={DATA_KINDS}
        onChange={(kind) => {
          onChange(withKernelKind(problem, kind));
        }}
      />
      {data.kind === 'files' ? (
        <DataPanel
          problem={asRegression(data)}
          rowLimit={MAX_KERNEL_ROWS}
          withIntercept={false}
          onChange={(next, gesture) => {
            const { files } = next.dataset;
            const other = sameFiles(files, data.files)
              ? undefined
              : datasets.find((one) => sameFiles(one.files, files));
            return other
              ? onChange(withKernelData(problem, other))
              : onChange({ ...problem, data: fromRegression(next) }, gesture);
          }}
        />
      ) : (
        <Numbers of={data} onChange={(next, gesture) => onChange({ ...problem, data: next }, gesture)} />
      )}
      {data.kind === 'digits' && (
        <Choice
          label="predict"
          help="+1 for the pictures of this digit and −1 for all others."
          value={String(data.digit)}
          labels={DIGITS}
          onChange={(digit) => {
            onChange({ ...problem, data: { ...data, digit: Number(digit) } });
          }}
        />
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

const DIGITS: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: 10 }, (_, digit) => [String(digit), `${digit} against the rest`]),
);

interface ChoiceProps<Key extends string> {
  readonly label: string;
  readonly help?: string;
  readonly value: Key;
  readonly labels: Readonly<Record<Key, string>>;
  /** As the labels stand, unless told. */
  readonly order?: readonly Key[];
  readonly onChange: (value: Key) => void;
}

function Choice<Key extends string>({ label, help, value, labels, order, onChange }: ChoiceProps<Key>) {
  const keys = order ?? (Object.keys(labels) as Key[]);
  return (
    <ControlRow label={label} {...(help === undefined ? {} : { help })}>
      <NativeSelect
        flex={1}
        aria-label={label.replace(/^./, (first) => first.toUpperCase())}
        value={value}
        data={keys.map((key) => ({ value: key, label: labels[key] }))}
        onChange={(event) => {
          onChange(event.currentTarget.value as Key);
        }}
      />
    </ControlRow>
  );
}

type NumberField = Pick<
  ValueSliderProps,
  'label' | 'symbol' | 'help' | 'scale' | 'slider' | 'valid' | 'integer' | 'initial'
>;

const wide = { scale: 'log', slider: { min: 0.01, max: 100 }, valid: { min: 1e-6, max: 1e6 } } as const;
/** The numbers of kernels and of generated data, in the order in which they are shown. */
const NUMBERS: Readonly<Record<string, NumberField>> = {
  bandwidth: {
    label: 'bandwidth',
    symbol: '\\sigma',
    help: 'Points closer than this are alike. The wider the kernel, the faster its eigenvalues fall.',
    initial: 0.08,
    ...wide,
  },
  degree: {
    label: 'degree',
    symbol: 'p',
    scale: 'linear',
    slider: { min: 1, max: 12 },
    valid: { min: 1, max: 12 },
    integer: true,
    initial: 3,
  },
  offset: {
    label: 'offset',
    symbol: 'c',
    help: 'The kernel is a power of ⟨x, z⟩ + c: the larger c, the less the high powers count.',
    initial: 1,
    ...wide,
  },
  rows: {
    label: 'rows',
    symbol: 'n',
    scale: 'log',
    slider: { min: 10, max: MAX_KERNEL_ROWS },
    valid: { min: 2, max: MAX_KERNEL_ROWS },
    integer: true,
    initial: 24,
  },
  noise: {
    label: 'noise',
    symbol: 's',
    help: 'Standard deviation of what is added to the points, or to the values of the curve.',
    scale: 'linear',
    slider: { min: 0, max: 1 },
    valid: { min: 0, max: 10 },
    initial: 0,
  },
};

interface NumbersProps<Fields> {
  readonly of: Fields;
  readonly onChange: (next: Fields, gesture?: string) => string | undefined;
}

/** A slider for each number that an object has. */
function Numbers<Fields extends object>({ of, onChange }: NumbersProps<Fields>) {
  const values = new Map<string, unknown>(Object.entries(of));
  return Object.entries(NUMBERS).map(([key, field]) => {
    const value = values.get(key);
    return (
      typeof value === 'number' && (
        <ValueSlider
          key={key}
          {...field}
          value={value}
          onChange={(next, gesture) => onChange({ ...of, [key]: next }, gesture ? key : undefined)}
          onChangeEnd={experimentStore.getState().endGesture}
        />
      )
    );
  });
}

/** Gaussian and Laplacian kernels keep their bandwidth. */
function withKind(kernel: KernelConfig, kind: KernelConfig['kind']): KernelConfig {
  if (kind !== 'polynomial' && kernel.kind !== 'polynomial') return { kind, bandwidth: kernel.bandwidth };
  return START[kind];
}

/** The data of a kernel regression as the panel of a linear one shows it, and back. */
function asRegression({ files, rows, column, oneVersusRest, scaling }: FileData): RegressionProblem {
  return {
    kind: 'linear-regression',
    dataset: { files, ...(rows === undefined ? {} : { rows }) },
    target: {
      ...(column === undefined ? {} : { column }),
      ...(oneVersusRest === undefined ? {} : { oneVersusRest }),
    },
    scaling,
    intercept: false,
  };
}

const fromRegression = ({ dataset, target, scaling }: RegressionProblem): Data => ({
  kind: 'files',
  ...dataset,
  ...target,
  scaling,
});
