/** What a pass over a network dispatches, and how its working memory is shared. */
import { describe, expect, it } from 'vitest';
import { fuse, trainedTensors } from '../../src/engine/gpu/network/fuse';
import { evaluationMemory, trainingMemory } from '../../src/engine/gpu/network/passes';
import { usesWinograd } from '../../src/engine/gpu/network/winograd';
import { bytesOf, planWorkspaces, Workspace } from '../../src/engine/gpu/network/workspace';
import type { LayerConfig } from '../../src/models/layers';
import { drawUp, sizeOf, type Network } from '../../src/models/network';
import { presets, residualNetwork } from '../../src/models/presets';

const image = { height: 8, width: 8, channels: 3 };
const convolution = { kind: 'convolution', channels: 3, size: 3 } as const;
const relu = { kind: 'relu' } as const;
const network = (...layers: LayerConfig[]) => drawUp(image, layers, 2, 'cross-entropy');
const named = (one: Network, pass: 'training' | 'evaluation' = 'training') =>
  fuse(one, pass).map(({ op, relu: positive }) => (positive ? `${op.kind}+` : op.kind));

const total = (bytes: readonly number[]) => bytes.reduce((sum, one) => sum + one, 0);

describe('joining operations', () => {
  it('joins a ReLU with what makes its input, where it alone reads that', () => {
    expect(named(network(convolution, relu))).toEqual(['convolution+', 'dense']);
    expect(named(network(convolution, { kind: 'max-pool' }, relu))).toEqual([
      'convolution',
      'max-pool',
      'relu',
      'dense',
    ]);
    // The sum reads the plain output of the convolution too.
    const shared = network(convolution, { kind: 'residual', layers: [relu] });
    expect(named(shared)).toEqual(['convolution', 'relu', 'add', 'dense']);
    const block = network(...residualNetwork(1).slice(0, 5));
    expect(named(block)).toEqual([
      'convolution',
      'batch-norm+',
      'convolution',
      'batch-norm+',
      'convolution',
      'batch-norm',
      'add+',
      'dense',
    ]);
  });

  it('leaves dropouts out of an evaluation', () => {
    const dropped = network({ kind: 'dropout', rate: 0.5 }, convolution, { kind: 'dropout', rate: 0.5 }, relu);
    expect(named(dropped)).toEqual(['dropout', 'convolution', 'dropout', 'relu', 'dense']);
    expect(named(dropped, 'evaluation')).toEqual(['convolution+', 'dense']);
    expect(fuse(dropped, 'evaluation')[0]!.op.input).toBe(0);
  });

  it('knows which tensors depend on parameters', () => {
    const late = network({ kind: 'max-pool' }, convolution, relu);
    const trained = trainedTensors(fuse(late, 'training'));
    expect([...trained]).toEqual(late.operations.slice(-2).map((op) => op.output));
  });
});

describe('working memory', () => {
  const [a, b, c, d] = [new Workspace('a', 10), new Workspace('b', 4), new Workspace('c', 8), new Workspace('d', 12)];

  it('is shared by what does not live at the same time', () => {
    const plan = planWorkspaces([[a], [a, b], [b, c], [c, d]]);
    // The largest, d, has its own first; a lives before it.
    expect(plan.buffers.get(a)).toBe(plan.buffers.get(d));
    expect(plan.lengths).toEqual([12, 8, 4]);
    expect(total(bytesOf(plan))).toBe(96);
  });

  it('keeps a large buffer for what is large', () => {
    // Small ones that live long, each between two uses of a large one.
    const large = Array.from({ length: 4 }, (_, k) => new Workspace(`large ${k}`, 100));
    const small = Array.from({ length: 3 }, (_, k) => new Workspace(`small ${k}`, 10));
    const plan = planWorkspaces([...small.flatMap((one, k) => [[large[k]!], [one]]), [large[3]!], small]);
    expect(plan.lengths).toEqual([100, 10, 10, 10]);
  });

  it('is never shared by what does', () => {
    const plan = planWorkspaces([[a, b], [c], [b, c, d], [a]]);
    expect(new Set([a, b, c, d].map((one) => plan.buffers.get(one))).size).toBe(4);
    // Whatever the jobs: two workspaces with one buffer have lives apart.
    const spaces = Array.from({ length: 30 }, (_, k) => new Workspace(`${k}`, 1 + ((k * 7) % 11)));
    const jobs = Array.from({ length: 40 }, (_, k) =>
      [0, 1, 2].map((j) => spaces[((k * (j + 3) + j * j) % (k + 1)) % 30]!),
    );
    const lives = spaces.map((one) => jobs.flatMap((bound, k) => (bound.includes(one) ? [k] : [])));
    const { buffers, lengths } = planWorkspaces(jobs);
    spaces.forEach((one, i) => {
      if (lives[i]!.length === 0) return;
      expect(lengths[buffers.get(one)!]).toBeGreaterThanOrEqual(one.length);
      spaces.slice(0, i).forEach((other, j) => {
        if (lives[j]!.length === 0 || buffers.get(one) !== buffers.get(other)) return;
        expect(lives[i]![0]! > lives[j]!.at(-1)! || lives[j]![0]! > lives[i]!.at(-1)!).toBe(true);
      });
    });
  });

  it('is a fraction of all activations and gradients, and of the size of the lanes', () => {
    const resnet = drawUp(
      { height: 32, width: 32, channels: 3 },
      presets.find(({ id }) => id === 'resnet-20')!.layers,
      10,
      'cross-entropy',
    );
    const pass = { network: resnet, workgroup: 64, batch: 16 };
    const every = resnet.tensors.reduce((sum, shape) => sum + 4 * 16 * sizeOf(shape), 0);
    const one = total(trainingMemory({ ...pass, pass: 'training' }, 1, 1).workspaces);
    expect(one).toBeLessThan(1.2 * every);
    expect(total(trainingMemory({ ...pass, pass: 'training' }, 4, 4).workspaces)).toBe(4 * one);
    expect(total(evaluationMemory({ ...pass, pass: 'evaluation' }, 1).workspaces)).toBeLessThan(every / 5);
  });
});

describe('transformed tiles', () => {
  const input = { height: 32, width: 32, channels: 3 };
  const chosen = (id: string, batch: number, quads = true) => {
    const network = drawUp(input, presets.find((preset) => preset.id === id)!.layers, 10, 'cross-entropy');
    return network.operations.flatMap((op) =>
      op.kind === 'convolution' ? [usesWinograd({ network, batch, quads, pass: 'training' }, op)] : [],
    );
  };

  it('are for large convolutions of many channels, 3 × 3 taps and stride 1, in software', () => {
    expect(chosen('convolutional', 64)).toEqual([false, true, true]);
    expect(chosen('convolutional', 64, false)).toEqual([false, false, false]);
    // In each block two convolutions, and a shortcut of 1 × 1 taps where the first one has stride 2.
    const network = drawUp(input, presets.find(({ id }) => id === 'resnet-8')!.layers, 10, 'cross-entropy');
    const expected = network.operations.flatMap((op) =>
      op.kind === 'convolution' ? [op.size === 3 && op.stride === 1 && op.input !== 0] : [],
    );
    expect(chosen('resnet-8', 32)).toEqual(expected);
    expect(expected.filter(Boolean)).toHaveLength(4);
  });

  it('are not for small ones', () => {
    const network = drawUp(
      { height: 6, width: 6, channels: 16 },
      [{ kind: 'convolution', channels: 16, size: 3 }],
      2,
      'cross-entropy',
    );
    const [op] = network.operations;
    if (op?.kind !== 'convolution') throw new Error('not a convolution');
    const context = { network, batch: 1, quads: true, pass: 'training' } as const;
    expect(usesWinograd(context, op)).toBe(false);
    expect(usesWinograd({ ...context, winograd: true }, op)).toBe(true);
  });
});
