import { NativeSelect, SegmentedControl, Switch } from '@mantine/core';
import { DIGIT_SIDE } from '../../data/digits/digits';
import type { NetworkData } from '../../problems/network-data';
import { arePictures } from '../../problems/network-shape';
import { experimentStore } from '../../state/experiment-store';
import { sameFiles } from '../../state/datasets';
import { withData, withNetworkData } from '../../state/network-defaults';
import { useSession } from '../../state/session-store';
import type { DatasetSummary } from '../../worker/protocol';
import { ControlRow } from '../controls/ControlRow';
import { ValueSlider } from '../controls/ValueSlider';
import { SplitField } from '../data/SplitField';
import { omit } from '../omit';
import { DataPanel, type RegressionProblem } from './DataPanel';
import type { NetworkPanelProps } from './NetworkPanel';

type FileData = Extract<NetworkData, { kind: 'files' }>;
type BuiltIn = Exclude<NetworkData, { kind: 'files' }>;

/** What each kind of data begins as. */
const START: { readonly [K in NetworkData['kind']]: NetworkData & { readonly kind: K } } = {
  moons: { kind: 'moons', rows: 512, noise: 0.1 },
  circles: { kind: 'circles', rows: 512, noise: 0.1 },
  spirals: { kind: 'spirals', rows: 512, noise: 0.05 },
  teacher: { kind: 'teacher', rows: 1024, inputs: 16, width: 8, outputs: 4 },
  digits: { kind: 'digits', rows: 2000 },
  files: { kind: 'files', files: [], scaling: 'standardised' },
};
const LABELS: Readonly<Record<NetworkData['kind'], string>> = {
  moons: 'Two moons',
  circles: 'Two circles',
  spirals: 'Two spirals',
  teacher: 'A random teacher network',
  digits: 'Handwritten-like digits',
  files: 'Your own data',
};
const KINDS = Object.keys(LABELS) as NetworkData['kind'][];
const MOST_SIDE = 64;

interface NetworkDataFieldsProps extends NetworkPanelProps {
  /** The data set in use, where it is one of files that are loaded. */
  readonly dataset: DatasetSummary | undefined;
}

/** Where the rows come from, how many are kept for testing, and what is predicted. */
export function NetworkDataFields({ problem, dataset, onChange }: NetworkDataFieldsProps) {
  const { data } = problem;
  const datasets = useSession((state) => state.datasets);
  const pictures = arePictures(data, dataset);
  const set = (next: NetworkData, gesture?: string) => onChange(withData(problem, next, dataset), gesture);
  return (
    <>
      <ControlRow label="data">
        <NativeSelect
          flex={1}
          aria-label="Data"
          value={data.kind}
          data={KINDS.map((kind) => ({ value: kind, label: LABELS[kind] }))}
          onChange={(event) => {
            set(START[event.currentTarget.value as NetworkData['kind']]);
          }}
        />
      </ControlRow>
      {data.kind === 'files' ? (
        <DataPanel
          problem={asRegression(data)}
          withIntercept={false}
          withOneVersusRest={false}
          onChange={(next, gesture) => {
            const other = datasets.find(({ files }) => sameFiles(files, next.dataset.files));
            return other && !sameFiles(next.dataset.files, data.files)
              ? onChange(withNetworkData(problem, other))
              : set(fromRegression(next, data), gesture);
          }}
        />
      ) : (
        <BuiltInFields data={data} onChange={set} />
      )}
      {pictures && (data.kind === 'digits' || data.kind === 'files') && (
        <>
          <SideField data={data} own={dataset?.image?.width ?? DIGIT_SIDE} onChange={set} />
          <ControlRow
            label="augment"
            htmlFor="augment"
            help="Trains on random crops and mirror images of the pictures."
          >
            <Switch
              id="augment"
              size="xs"
              label="crops and flips"
              checked={problem.augment === 'crop-flip'}
              onChange={(event) => {
                const plain = omit(problem, 'augment');
                onChange(event.currentTarget.checked ? { ...plain, augment: 'crop-flip' } : plain);
              }}
            />
          </ControlRow>
        </>
      )}
      <Share
        label="label noise"
        help="Share of the training rows that get a random label: a network that is wide enough fits those too."
        value={data.labelNoise ?? 0}
        most={1}
        onChange={(labelNoise, gesture) =>
          set(labelNoise === 0 ? (omit(data, 'labelNoise') as NetworkData) : { ...data, labelNoise }, gesture)
        }
      />
      {dataset?.testRows !== undefined && (
        <SplitField problem={problem} testRows={dataset.testRows} onChange={onChange} />
      )}
      {(dataset?.testRows === undefined || problem.split === 'fraction') && (
        <Share
          label="for testing"
          help="Share of the rows, drawn at random, that are not trained on."
          value={problem.test}
          most={0.9}
          initial={0.25}
          onChange={(test, gesture) => onChange({ ...problem, test }, gesture)}
        />
      )}
      <ControlRow label="loss" help="Softmax cross-entropy of classes, or half the squared error of values.">
        <SegmentedControl
          size="xs"
          flex={1}
          aria-label="Loss"
          data={[
            { value: 'cross-entropy', label: 'Cross-entropy' },
            { value: 'squared-error', label: 'Squared error' },
          ]}
          value={problem.loss}
          onChange={(loss) => {
            onChange({ ...problem, loss });
          }}
        />
      </ControlRow>
    </>
  );
}

interface FieldsProps<Data extends NetworkData> {
  readonly data: Data;
  readonly onChange: (data: NetworkData, gesture?: string) => string | undefined;
}

function BuiltInFields({ data, onChange }: FieldsProps<BuiltIn>) {
  const { endGesture } = experimentStore.getState();
  const most = data.kind === 'digits' ? 60_000 : 100_000;
  const least = data.kind === 'digits' ? 10 : 2;
  const whole = (label: string, key: 'inputs' | 'width' | 'outputs', max: number, help: string) =>
    data.kind === 'teacher' && (
      <ValueSlider
        label={label}
        context="teacher"
        help={help}
        value={data[key]}
        scale="log"
        slider={{ min: 1, max }}
        valid={{ min: 1, max }}
        integer
        onChange={(value, gesture) => onChange({ ...data, [key]: value }, gesture ? key : undefined)}
        onChangeEnd={endGesture}
      />
    );
  return (
    <>
      <ValueSlider
        label="rows"
        symbol="n"
        help="Those for testing included."
        value={data.rows}
        scale="log"
        slider={{ min: 10, max: 10_000 }}
        valid={{ min: least, max: most }}
        integer
        initial={START[data.kind].rows}
        onChange={(rows, gesture) => onChange({ ...data, rows }, gesture ? 'rows' : undefined)}
        onChangeEnd={endGesture}
      />
      {whole('inputs', 'inputs', 1024, 'Coordinates of a point.')}
      {whole('hidden units', 'width', 1024, 'The wider the teacher, the harder it is to learn from.')}
      {whole('outputs', 'outputs', 100, 'Classes, or values.')}
      {data.kind !== 'digits' && (
        <ValueSlider
          label="noise"
          symbol="s"
          help="Standard deviation of what is added to the points, or to the teacher’s values."
          value={data.noise ?? 0}
          scale="linear"
          slider={{ min: 0, max: 1 }}
          valid={{ min: 0, max: 10 }}
          onChange={(noise, gesture) => onChange({ ...data, noise }, gesture ? 'noise' : undefined)}
          onChangeEnd={endGesture}
        />
      )}
    </>
  );
}

type PictureData = Extract<NetworkData, { kind: 'digits' | 'files' }>;

function SideField({ data, own, onChange }: FieldsProps<PictureData> & { readonly own: number }) {
  return (
    <ValueSlider
      label="picture side"
      help="Pictures are scaled to this width and height: smaller ones train faster."
      value={data.side ?? own}
      scale="linear"
      slider={{ min: 4, max: Math.max(own, 32) }}
      valid={{ min: 4, max: Math.max(MOST_SIDE, own) }}
      integer
      initial={own}
      onChange={(side, gesture) =>
        onChange(side === own ? withoutSide(data) : { ...data, side }, gesture ? 'side' : undefined)
      }
      onChangeEnd={experimentStore.getState().endGesture}
    />
  );
}

const withoutSide = (data: PictureData): PictureData =>
  data.kind === 'digits' ? omit(data, 'side') : omit(data, 'side');

interface ShareProps {
  readonly label: string;
  readonly help: string;
  readonly value: number;
  readonly most: number;
  readonly initial?: number;
  readonly onChange: (value: number, gesture?: string) => string | undefined;
}

function Share({ label, help, value, most, initial = 0, onChange }: ShareProps) {
  return (
    <ValueSlider
      label={label}
      help={help}
      value={value}
      scale="linear"
      slider={{ min: 0, max: most }}
      valid={{ min: 0, max: most }}
      initial={initial}
      onChange={(next, gesture) => onChange(next, gesture ? label : undefined)}
      onChangeEnd={experimentStore.getState().endGesture}
    />
  );
}

/** A network's files as the panel of a regression shows them, and back. */
function asRegression({ files, rows, column, scaling }: FileData): RegressionProblem {
  return {
    kind: 'linear-regression',
    dataset: { files, ...(rows === undefined ? {} : { rows }) },
    target: column === undefined ? {} : { column },
    scaling,
    intercept: false,
  };
}

function fromRegression({ dataset, target, scaling }: RegressionProblem, before: FileData): FileData {
  const { files, rows } = dataset;
  return {
    ...omit(omit(before, 'rows'), 'column'),
    files,
    ...(rows === undefined ? {} : { rows }),
    ...(target.column === undefined ? {} : { column: target.column }),
    scaling,
  };
}
