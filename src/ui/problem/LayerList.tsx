import { ActionIcon } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import { useEffect, useRef, type CSSProperties } from 'react';
import type { LayerTable } from '../../models/layer-table';
import type { LayerConfig, SimpleLayer } from '../../models/layers';
import { LAYER_NAMES, moved, NEW_LAYER, removed, replaced, SIMPLE_KINDS } from '../../state/layer-edits';
import { AddLayer } from './AddLayer';
import { LayerFields } from './LayerFields';
import { countText, shapeText } from './network-text';
import classes from './network.module.css';

interface LayerListProps<Layer extends LayerConfig> {
  readonly layers: readonly Layer[];
  /** Of the layer that these stand in: '' or `layers[2].`. */
  readonly path: string;
  readonly table: LayerTable | undefined;
  readonly onChange: (layers: readonly Layer[]) => void;
}

type Action = 'up' | 'down' | 'remove';

/** An ordered list of layers that can be edited, moved and removed. */
export function LayerList<Layer extends LayerConfig>({ layers, path, table, onChange }: LayerListProps<Layer>) {
  const list = useRef<HTMLOListElement>(null);
  /** Which button has the focus after an edit: that of the layer which it was used on, wherever it stands now. */
  const focus = useRef<{ readonly at: number; readonly action: Action }>(undefined);

  useEffect(() => {
    if (!focus.current) return;
    const { at, action } = focus.current;
    focus.current = undefined;
    const item = list.current?.children[at];
    const button = (one: Action) => item?.querySelector<HTMLButtonElement>(`:scope > [data-action="${one}"]`);
    const wanted = button(action);
    (wanted?.disabled ? button('remove') : wanted)?.focus();
  });

  const all = table?.network?.parameters ?? 0;
  return (
    <ol className={classes['list']} ref={list}>
      {layers.map((layer, k) => {
        const place = `${path}layers[${k}]`;
        const facts = table?.facts.get(place);
        const fault = table?.fault?.path === place ? table.fault.message : undefined;
        const number = placeNumber(place);
        const name = `Layer ${number}, ${LAYER_NAMES[layer.kind]}`;
        const share = facts && all > 0 ? facts.parameters / all : 0;
        return (
          <li
            key={k}
            className={classes['layer']}
            data-fault={fault !== undefined}
            style={{ '--share': share } as CSSProperties}
            aria-label={name}
          >
            <span className={classes['head']}>
              <span className={classes['kind']}>{LAYER_NAMES[layer.kind]}</span>
              <span className={classes['facts']}>
                {facts && shapeText(facts.output)}
                {facts !== undefined && facts.parameters > 0 && ` · ${countText(facts.parameters)}`}
              </span>
            </span>
            <Move
              name={name}
              action="up"
              disabled={k === 0}
              onMove={() => {
                move(k, -1);
              }}
            />
            <Move
              name={name}
              action="down"
              disabled={k === layers.length - 1}
              onMove={() => {
                move(k, 1);
              }}
            />
            <ActionIcon
              data-action="remove"
              variant="subtle"
              color="gray"
              size="1.5rem"
              aria-label={`Remove ${name}`}
              title="Remove"
              onClick={() => {
                focus.current = { at: Math.min(k, layers.length - 2), action: 'remove' };
                onChange(removed(layers, k));
              }}
            >
              <IconX size={14} aria-hidden="true" />
            </ActionIcon>
            {layer.kind !== 'residual' && (
              <LayerFields
                layer={layer}
                name={`Layer ${number}`}
                onChange={(next) => {
                  onChange(replaced(layers, k, next as Layer));
                }}
              />
            )}
            {fault !== undefined && (
              <p className={classes['fault']} role="alert">
                {fault}
              </p>
            )}
            {layer.kind === 'residual' && (
              <Block
                layers={layer.layers}
                number={number}
                path={`${place}.`}
                table={table}
                onChange={(inner) => {
                  onChange(replaced(layers, k, { ...layer, layers: [...inner] }));
                }}
              />
            )}
          </li>
        );
      })}
    </ol>
  );

  function move(at: number, by: -1 | 1): void {
    focus.current = { at: at + by, action: by < 0 ? 'up' : 'down' };
    onChange(moved(layers, at, by));
  }
}

/** Layers whose outputs are added to the block's input; folded until there is something to see. */
function Block(props: LayerListProps<SimpleLayer> & { readonly number: string }) {
  const { layers, number, path, table, onChange } = props;
  const faulty = table?.fault?.path.startsWith(path) ?? false;
  return (
    <details className={classes['block']} open={faulty || undefined}>
      <summary>
        {layers.length} {layers.length === 1 ? 'layer' : 'layers'} and a shortcut
      </summary>
      <LayerList layers={layers} path={path} table={table} onChange={onChange} />
      <AddLayer
        kinds={SIMPLE_KINDS}
        name={`Kind of the new layer in layer ${number}`}
        onAdd={(kind) => {
          onChange([...layers, NEW_LAYER[kind]]);
        }}
      />
    </details>
  );
}

interface MoveProps {
  readonly name: string;
  readonly action: 'up' | 'down';
  readonly disabled: boolean;
  readonly onMove: () => void;
}

function Move({ name, action, disabled, onMove }: MoveProps) {
  const Icon = action === 'up' ? IconArrowUp : IconArrowDown;
  return (
    <ActionIcon
      data-action={action}
      variant="subtle"
      color="gray"
      size="1.5rem"
      disabled={disabled}
      aria-label={`Move ${name} ${action}`}
      title={`Move ${action}`}
      onClick={onMove}
    >
      <Icon size={14} aria-hidden="true" />
    </ActionIcon>
  );
}

/** `layers[2].layers[0]` as "3.1". */
const placeNumber = (place: string) => [...place.matchAll(/\[(\d+)\]/g)].map(([, k]) => Number(k) + 1).join('.');
