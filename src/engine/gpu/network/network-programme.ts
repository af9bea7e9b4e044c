/** The programme of a network's lanes: one step a dispatch list, recordings in chunks of rows. */
import type { BufferScope } from '../../../gpu/memory';
import { metricsOf } from '../../../problems/metrics';
import { byteChannels, type ByteFormat, type Features } from '../../../data/features';
import type { Examples, NetworkObjective } from '../../../problems/types';
import { STREAM, streamKey } from '../../../random/random';
import type { CohortOptions, Lane } from '../../backend';
import { workOf } from '../../work';
import type { MakeProgramme, RecordPart } from '../programme';
import type { ExampleBuffers } from './example-buffers';
import { dispatch, evaluation, evaluationMemory, trainingMemory, trainingStep, type Members } from './passes';
import { CLIP_NUMBERS, record, type PassContext } from './programs';

/** Rows of a recording that are worked out together, of each lane: at most so many, in at most so much memory. */
const CHUNK = { rows: 128, bytes: 16 * 2 ** 20 } as const;

/** What a network's memory depends on. */
export interface NetworkSizes extends Pick<NetworkObjective, 'network' | 'training'> {
  readonly rows: Pick<Examples, 'count' | 'test' | 'recorded'> & {
    /** Numbers where absent. */
    readonly features?: Features | ByteFormat;
  };
}

const clipBuffers = (scope: BufferScope, lanes: number) => ({
  norm_parts: scope.create('norm parts', lanes * CLIP_NUMBERS.parts * 4, GPUBufferUsage.STORAGE),
  gradient_scales: scope.create('gradient scales', lanes * CLIP_NUMBERS.scale * 4, GPUBufferUsage.STORAGE),
});

const trainingPass = (objective: NetworkObjective, batch: number): PassContext => ({
  ...passOf(objective, batch, 'training'),
  ...(objective.training ? { training: objective.training } : {}),
});

/** Lanes of a network whose rows lie in these buffers. */
export const networkProgramme =
  (examples: ExampleBuffers): MakeProgramme =>
  async (tools) => {
    const { options, scope } = tools;
    const { objective } = examples;
    const { network, rows } = objective;
    const lanes = options.lanes.length;
    const buffers = {
      ...tools.buffers,
      ...examples.buffers,
      ...(await scope.checked(() => ({
        gradient: scope.create('gradient', lanes * network.dimension * 4, GPUBufferUsage.STORAGE),
        dropout_keys: scope.upload('dropout keys', dropoutKeys(options), GPUBufferUsage.STORAGE),
        ...(objective.training?.clip === undefined ? {} : clipBuffers(scope, lanes)),
        training_sums: scope.create('training sums', lanes * 8, GPUBufferUsage.STORAGE),
        test_sums: scope.create('test sums', lanes * 8, GPUBufferUsage.STORAGE),
      }))),
    };
    const training = batchesOf(options.lanes).map(([batch, members]) =>
      trainingStep(tools, trainingPass(objective, batch), members, buffers, {
        sampling: options.sampling,
        rows: rows.count,
      }),
    );
    const pass = passOf(objective, chunkOf(objective), 'evaluation');
    const sets = setsOf(objective);
    const evaluated = evaluation(
      tools,
      pass,
      lanes,
      buffers,
      sets.map(({ first, sums }) => ({ firstRow: first, sums: buffers[sums] })),
    );
    const written = dispatch(tools, 'record', record(pass, metricsOf(objective), rows.recorded), buffers, lanes);
    const [steps, passes, last] = await Promise.all([Promise.all(training), evaluated, written]);
    return {
      fused: false,
      advance: steps.flat(),
      record: [
        ...sets.flatMap(({ first, count }, k): RecordPart[] => {
          const dispatches = passes[k]!;
          return chunks(first, first + count, pass.batch).map((part) => ({ dispatches, rows: part }));
        }),
        { dispatches: [last] },
      ],
      work: workOf(options),
    };
  };

export const passOf = ({ network, rows }: NetworkSizes, batch: number, pass: PassContext['pass']): PassContext => ({
  network,
  byteChannels: byteChannels(rows.features),
  batch,
  pass,
});

/** The rows that a recording looks at. */
function setsOf({ rows: { count, recorded } }: NetworkObjective) {
  const training = { first: 0, count: recorded.count, sums: 'training_sums' as const };
  return recorded.test > 0
    ? [training, { first: count, count: recorded.test, sums: 'test_sums' as const }]
    : [training];
}

/** Bytes that a lane takes in each buffer of the programme besides those of its passes. */
export function programmeBytes({ network, training }: NetworkSizes): number[] {
  const clip = training?.clip === undefined ? [] : [4 * CLIP_NUMBERS.parts, 4 * CLIP_NUMBERS.scale];
  // The gradient, the key of its masks, and two sums.
  return [4 * network.dimension, 4, 8, 8, ...clip];
}

/** Bytes that a lane takes at most in each buffer of the programme. */
export function networkBytes(objective: NetworkObjective, maxBatch: number): number[] {
  return [
    ...programmeBytes(objective),
    ...trainingMemory(passOf(objective, maxBatch, 'training'), 1, 1).workspaces,
    ...evaluationMemory(passOf(objective, chunkOf(objective), 'evaluation'), 1).workspaces,
  ];
}

/** Rows of a chunk: a matter of the network alone, so that a lane's sums do not depend on its company. */
export function chunkOf(objective: NetworkSizes): number {
  const { recorded } = objective.rows;
  let rows: number = Math.min(CHUNK.rows, Math.max(recorded.count, recorded.test));
  const bytes = () =>
    evaluationMemory(passOf(objective, rows, 'evaluation'), 1).workspaces.reduce((sum, buffer) => sum + buffer, 0);
  while (rows > 1 && bytes() > CHUNK.bytes) rows = Math.ceil(rows / 2);
  return rows;
}

function chunks(first: number, end: number, length: number): { from: number; to: number }[] {
  return Array.from({ length: Math.ceil((end - first) / length) }, (_, k) => ({
    from: first + k * length,
    to: Math.min(first + (k + 1) * length, end),
  }));
}

/** Lanes by batch size: those of one size pass together. */
function batchesOf(lanes: readonly Lane[]): [batch: number, Members][] {
  const numbers = new Map<number, number[]>();
  lanes.forEach(({ run }, k) => {
    numbers.set(run.batch, [...(numbers.get(run.batch) ?? []), k]);
  });
  return [...numbers].map(([batch, members]) => [batch, membersOf(lanes, members)]);
}

function membersOf(lanes: readonly Lane[], numbers: readonly number[]): Members {
  const seeds = [...new Set(numbers.map((k) => lanes[k]!.seed))];
  const kinds = new Set(numbers.map((k) => lanes[k]!.run.optimizer));
  return {
    lanes: numbers,
    leaders: seeds.map((seed) => numbers.find((k) => lanes[k]!.seed === seed)!),
    inputsOf: numbers.map((k) => seeds.indexOf(lanes[k]!.seed)),
    optimizers: new Map([...kinds].map((kind) => [kind, numbers.filter((k) => lanes[k]!.run.optimizer === kind)])),
  };
}

const dropoutKeys = ({ seed, lanes }: CohortOptions) =>
  Uint32Array.from(lanes, (lane) => streamKey(seed, STREAM.dropout, lane.seed));
