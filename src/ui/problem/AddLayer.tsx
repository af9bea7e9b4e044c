import { Button, NativeSelect } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { LayerConfig } from '../../models/layers';
import { LAYER_NAMES } from '../../state/layer-edits';
import classes from './network.module.css';

interface AddLayerProps<Kind extends LayerConfig['kind']> {
  readonly kinds: readonly Kind[];
  /** Accessible name of the choice. */
  readonly name: string;
  readonly onAdd: (kind: Kind) => void;
}

/** A kind of layer, and a button that puts one at the end. */
export function AddLayer<Kind extends LayerConfig['kind']>({ kinds, name, onAdd }: AddLayerProps<Kind>) {
  const [kind, setKind] = useState(kinds[0]!);
  return (
    <div className={classes['add']}>
      <NativeSelect
        size="xs"
        flex={1}
        aria-label={name}
        value={kind}
        data={kinds.map((one) => ({ value: one, label: LAYER_NAMES[one] }))}
        onChange={(event) => {
          const chosen = kinds.find((one) => one === event.currentTarget.value);
          if (chosen) setKind(chosen);
        }}
      />
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconPlus size={14} aria-hidden="true" />}
        onClick={() => {
          onAdd(kind);
        }}
      >
        Add
      </Button>
    </div>
  );
}
