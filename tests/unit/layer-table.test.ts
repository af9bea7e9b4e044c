/** Layers told one by one, and edits of their list. */
import { describe, expect, it } from 'vitest';
import { layerTable } from '../../src/models/layer-table';
import type { LayerConfig } from '../../src/models/layers';
import { presets } from '../../src/models/presets';
import { LAYER_KINDS, moved, NEW_LAYER, removed, replaced } from '../../src/state/layer-edits';

const colours = { height: 32, width: 32, channels: 3 };

describe('layerTable', () => {
  it('tells shapes and parameters of every layer, those of a block with its shortcut', () => {
    const layers: LayerConfig[] = [
      { kind: 'convolution', channels: 8, size: 3 },
      { kind: 'max-pool' },
      { kind: 'residual', layers: [{ kind: 'convolution', channels: 12, size: 3, stride: 2 }, { kind: 'batch-norm' }] },
      { kind: 'dense', units: 20 },
    ];
    const { facts, fault } = layerTable(colours, layers, 10, 'cross-entropy');
    expect(fault).toBeUndefined();
    expect([...facts.values()].map(({ path, output, parameters }) => [path, output, parameters])).toEqual([
      ['layers[0]', { height: 32, width: 32, channels: 8 }, 9 * 3 * 8 + 8],
      ['layers[1]', { height: 16, width: 16, channels: 8 }, 0],
      ['layers[2].layers[0]', { height: 8, width: 8, channels: 12 }, 9 * 8 * 12 + 12],
      ['layers[2].layers[1]', { height: 8, width: 8, channels: 12 }, 24],
      ['layers[2]', { height: 8, width: 8, channels: 12 }, 9 * 8 * 12 + 12 + 24 + 8 * 12],
      ['layers[3]', { height: 1, width: 1, channels: 20 }, 8 * 8 * 12 * 20 + 20],
      ['outputs', { height: 1, width: 1, channels: 10 }, 20 * 10 + 10],
    ]);
  });

  it.each(presets.map((preset) => [preset.id, preset] as const))('adds up to all parameters of %s', (_, { layers }) => {
    const { facts, network } = layerTable(colours, layers, 10, 'cross-entropy');
    const top = [...facts.values()].filter(({ path }) => !path.includes('.'));
    expect(top).toHaveLength(layers.length + 1);
    expect(top.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(network!.parameters);
  });

  it('names the layer that does not fit, in a block too, and tells those before it', () => {
    const pool: LayerConfig[] = [
      { kind: 'dense', units: 4 },
      { kind: 'residual', layers: [{ kind: 'relu' }, { kind: 'max-pool' }] },
    ];
    const { facts, network, fault } = layerTable(colours, pool, 10, 'cross-entropy');
    expect(network).toBeUndefined();
    expect(fault).toEqual({
      path: 'layers[1].layers[1]',
      message: 'A 2 × 2 pool needs an image of 2 × 2 or more; its input is 4.',
    });
    expect([...facts.keys()]).toEqual(['layers[0]']);
  });

  it('tells where the outputs are too many', () => {
    const { network, fault } = layerTable(colours, [{ kind: 'dense', units: 16_384 }], 10_000, 'squared-error');
    expect(network).toBeUndefined();
    expect(fault).toMatchObject({ path: 'outputs' });
  });
});

describe('edits of the list', () => {
  const layers = ['a', 'b', 'c'];

  it('moves within the list only, and changes no list in place', () => {
    expect(moved(layers, 0, 1)).toEqual(['b', 'a', 'c']);
    expect(moved(layers, 2, -1)).toEqual(['a', 'c', 'b']);
    expect(moved(layers, 0, -1)).toEqual(layers);
    expect(moved(layers, 2, 1)).toEqual(layers);
    expect(removed(layers, 1)).toEqual(['a', 'c']);
    expect(replaced(layers, 1, 'x')).toEqual(['a', 'x', 'c']);
    expect(layers).toEqual(['a', 'b', 'c']);
  });

  it('offers layers of every kind that fit a picture', () => {
    for (const kind of LAYER_KINDS)
      expect(layerTable(colours, [NEW_LAYER[kind]], 10, 'cross-entropy').fault).toBeUndefined();
  });
});
