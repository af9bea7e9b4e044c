/**
 * A network's passes over lanes of one batch size as dispatches and buffers: forward, backward and update of a training
 * step; forward and sums of an evaluation.
 */
import type { GpuContext } from '../../../gpu/device';
import type { BufferScope } from '../../../gpu/memory';
import { sizeOf } from '../../../models/network';
import type { OptimizerId } from '../../../optimizers/registry';
import { dispatchOf, type Buffers, type Dispatch } from '../programme';
import { targetBlocks, workgroupsOf } from './compose';
import { fuse } from './fuse';
import { gather, type Draws } from './gather';
import { JobMaker, type Job } from './jobs';
import {
  addUp,
  gradientNormParts,
  gradientScale,
  outputGradient,
  sampleLosses,
  update,
  type PassContext,
  type Program,
} from './programs';
import { bytesOf, planWorkspaces, Uniform, Workspace } from './workspace';

/** What passes are made with. */
export interface PassTools {
  readonly context: GpuContext;
  readonly scope: BufferScope;
  /** Size of the uniform that is bound with an offset as `work`. */
  readonly workSize: number;
}

/** Lanes of one batch size. */
export interface Members {
  /** Lane numbers. */
  readonly lanes: readonly number[];
  /** One lane of every seed, and for each member the place of its seed among them. */
  readonly leaders: readonly number[];
  readonly inputsOf: readonly number[];
  /** Lane numbers by optimizer. */
  readonly optimizers: ReadonlyMap<OptimizerId, readonly number[]>;
}

const STORAGE = 0x80;
const UNIFORM = 0x40;

/**
 * Dispatches of one training step, in order. `common` holds work, lanes, state, alive, gradient, features, targets, and
 * `channel_levels` where features are bytes; with a dropout `dropout_keys` (for each lane the key of its masks), and with a
 * batch normalisation `statistics` (lanes × `network.statistics`, the running ones, which move); to clip, `norm_parts` and
 * `gradient_scales` (see `CLIP_NUMBERS`).
 */
export async function trainingStep(
  tools: PassTools,
  wanted: PassContext,
  members: Members,
  common: Buffers,
  draws: Draws,
): Promise<Dispatch[]> {
  const { scope } = tools;
  const pass = suited(wanted, tools.context);
  const upload = (label: string, numbers: readonly number[]) => scope.upload(label, Uint32Array.from(numbers), STORAGE);
  const { jobs, bound, leaders, realised } = await scope.checked(() => {
    const gradient = buffer(common, 'gradient');
    const made = trainingJobs(pass, members.lanes.length, members.leaders.length, gradient, draws);
    return {
      jobs: made,
      bound: { ...common, members: upload('members', members.lanes), inputs_of: upload('inputs of', members.inputsOf) },
      leaders: upload('leaders', members.leaders),
      realised: realise(scope, made),
    };
  });
  const passes = jobs.map((job) =>
    dispatch(tools, job.label, job.program, { ...bound, leaders, ...realised(job) }, job.lanes),
  );
  const { clip } = pass.training ?? {};
  const clipped =
    clip === undefined
      ? []
      : [
          dispatch(tools, 'gradient norm', gradientNormParts(pass), bound, members.lanes.length),
          dispatch(tools, 'gradient scale', gradientScale(pass, clip), bound, members.lanes.length),
        ];
  const updates = [...members.optimizers].map(([optimizer, numbers]) =>
    // The weights are read before they move: the update comes last of all.
    dispatch(
      tools,
      'update',
      update(pass, optimizer),
      { ...bound, members: upload('members', numbers) },
      numbers.length,
    ),
  );
  return Promise.all([...passes, ...clipped, ...updates]);
}

/** In bytes, lists of lanes apart. */
export interface PassMemory {
  /** Of each buffer of working memory. */
  readonly workspaces: readonly number[];
  /** Of all uniforms, however many lanes there are. */
  readonly uniforms: number;
}

/**
 * The buffers that {@link trainingStep} makes for lanes of so many seeds; at most, where the pass does not say whether it is
 * by quads.
 */
export const trainingMemory = (pass: PassContext, lanes: number, seeds: number): PassMemory =>
  memoryOf(trainingJobs({ ...MOST, ...pass }, lanes, seeds, elsewhere, { sampling: 'replacement', rows: 1 }));

/**
 * Dispatches that evaluate one chunk of rows (`work.from_step` … `work.to_step` − 1) for all lanes and add it to `sums`,
 * one call for each set of rows. `common` holds work, lanes, state, alive, features, targets, `channel_levels` where features
 * are bytes, and `statistics` with a batch normalisation.
 */
export async function evaluation(
  tools: PassTools,
  wanted: PassContext,
  lanes: number,
  common: Buffers,
  sets: readonly { readonly firstRow: number; readonly sums: GPUBuffer }[],
): Promise<Dispatch[][]> {
  const { scope } = tools;
  const pass = suited(wanted, tools.context);
  const { jobs, found, bound, realised } = await scope.checked(() => {
    const made = evaluationJobs(pass, lanes);
    const numbers = Uint32Array.from({ length: lanes }, (_, k) => k);
    return {
      ...made,
      bound: { ...common, members: scope.upload('members', numbers, STORAGE) },
      realised: realise(scope, made.jobs),
    };
  });
  const make = (job: Job) => dispatch(tools, job.label, job.program, { ...bound, ...realised(job) }, job.lanes);
  const shared = jobs.map(make);
  return Promise.all(
    sets.map(({ firstRow, sums }) =>
      Promise.all([
        ...shared,
        make({ label: 'add up', program: addUp(pass, firstRow), buffers: { found, sums }, lanes }),
      ]),
    ),
  );
}

/** The buffers that {@link evaluation} makes; at most, as {@link trainingMemory}. */
export const evaluationMemory = (pass: PassContext, lanes: number): PassMemory =>
  memoryOf(evaluationJobs({ ...MOST, ...pass }, lanes).jobs);

/** What takes most memory: quads have workspaces that others have no use for. */
const MOST = { quads: true } as const;

/** Subgroups of four are a software adapter's. */
export const hasQuads = ({ features: { subgroups, subgroupMaxSize } }: GpuContext): boolean =>
  subgroups && subgroupMaxSize === 4;

const suited = (pass: PassContext, context: GpuContext): PassContext => ({ quads: hasQuads(context), ...pass });

/** The jobs of a training step up to the gradient. */
function trainingJobs(
  pass: PassContext,
  lanes: number,
  seeds: number,
  gradient: GPUBuffer | Workspace,
  draws: Draws,
): Job[] {
  const { inputs, wanted, job } = gathered(pass, seeds, draws);
  const maker = new JobMaker(pass, lanes, fuse(pass.network, 'training'), inputs);
  const forward = maker.forward();
  const loss: Job = {
    label: 'output gradient',
    program: outputGradient(pass),
    buffers: { z: maker.outputs, wanted, dz: maker.outputGradient },
    lanes,
  };
  return [job, ...forward, loss, ...maker.backward(gradient)];
}

/** The rows of a pass, copied together for each of `groups`. */
function gathered(pass: PassContext, groups: number, draws?: Draws) {
  const { network, batch } = pass;
  const inputs = new Workspace('inputs', groups * batch * sizeOf(network.tensors[0]!));
  const wanted = new Workspace('wanted', groups * batch * targetBlocks(network) * 4);
  const job: Job = { label: 'gather', program: gather(pass, draws), buffers: { inputs, wanted }, lanes: groups };
  return { inputs, wanted, job };
}

/** The jobs of an evaluation up to the losses of the samples, which are in `found`. */
function evaluationJobs(pass: PassContext, lanes: number): { jobs: Job[]; found: Workspace } {
  const { inputs, wanted, job } = gathered(pass, 1);
  const maker = new JobMaker(pass, lanes, fuse(pass.network, 'evaluation'), inputs);
  const forward = maker.forward();
  const found = new Workspace('found', lanes * pass.batch * 2);
  const buffers = { z: maker.outputs, wanted, found };
  return { jobs: [job, ...forward, { label: 'sample losses', program: sampleLosses(pass), buffers, lanes }], found };
}

/** Stands for a buffer that is no working memory where there are no buffers yet. */
const elsewhere = new Workspace('elsewhere', 0);

function buffer(buffers: Buffers, name: string): GPUBuffer {
  const found = buffers[name];
  if (!found) throw new Error(`No buffer is given for "${name}"`);
  return found;
}

const memoryOf = (jobs: readonly Job[]): PassMemory => ({
  workspaces: bytesOf(planOf(jobs)),
  uniforms: [...uniformsOf(jobs)].reduce((bytes, { words }) => bytes + 4 * words.length, 0),
});

const uniformsOf = (jobs: readonly Job[]): ReadonlySet<Uniform> =>
  new Set(jobs.flatMap(({ buffers }) => Object.values(buffers).filter((one) => one instanceof Uniform)));

const planOf = (jobs: readonly Job[]) =>
  planWorkspaces(
    jobs.map(({ buffers }) =>
      Object.values(buffers).filter((one): one is Workspace => one instanceof Workspace && one !== elsewhere),
    ),
  );

/** Makes the buffers of these jobs; what comes back tells which of them a job binds. */
function realise(scope: BufferScope, jobs: readonly Job[]): (job: Job) => Buffers {
  const plan = planOf(jobs);
  const made = plan.lengths.map((length) => scope.create('workspace', 4 * length, STORAGE));
  const uniforms = new Map(
    [...uniformsOf(jobs)].map((one) => [one, scope.upload(one.label, Uint32Array.from(one.words), UNIFORM)] as const),
  );
  const realised = (one: GPUBuffer | Workspace | Uniform): GPUBuffer => {
    if (one instanceof Workspace) return made[plan.buffers.get(one)!]!;
    return one instanceof Uniform ? uniforms.get(one)! : one;
  };
  return ({ buffers }) => Object.fromEntries(Object.entries(buffers).map(([name, one]) => [name, realised(one)]));
}

/** Of a program over so many lanes. */
export const dispatch = (
  tools: PassTools,
  label: string,
  program: Program,
  buffers: Buffers,
  lanes: number,
): Promise<Dispatch> =>
  dispatchOf(tools, { label, code: program.code, workgroups: workgroupsOf(program, lanes) }, buffers);
