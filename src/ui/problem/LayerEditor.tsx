import { Button } from '@mantine/core';
import type { LossKind, Shape } from '../../models/network';
import type { DataShape } from '../../problems/network-shape';
import { NEW_LAYER, LAYER_KINDS } from '../../state/layer-edits';
import { AddLayer } from './AddLayer';
import { LayerList } from './LayerList';
import { shapeText, countText } from './network-text';
import type { LayerDraft } from './use-layer-draft';
import classes from './network.module.css';

interface LayerEditorProps {
  readonly draft: LayerDraft;
  readonly shape: DataShape | undefined;
  readonly loss: LossKind;
}

/** The layers in order, from the input to the outputs, with what each makes of a sample and how many parameters it has. */
export function LayerEditor({ draft, shape, loss }: LayerEditorProps) {
  const { layers, table } = draft;
  const last = table?.facts.get('outputs');
  const fault = table?.fault;
  return (
    <div className={classes['layers']}>
      <End name="Input" shape={shape?.input} />
      <div className={classes['scroll']} tabIndex={0} role="region" aria-label="Layers">
        <LayerList layers={layers} path="" table={table} onChange={draft.change} />
        {layers.length === 0 && <p className={classes['quiet']}>No hidden layer: a linear model.</p>}
      </div>
      <AddLayer
        kinds={LAYER_KINDS}
        name="Kind of the new layer"
        onAdd={(kind) => {
          draft.change([...layers, NEW_LAYER[kind]]);
        }}
      />
      <End
        name={loss === 'cross-entropy' ? 'Outputs, softmax' : 'Outputs'}
        shape={last?.output}
        parameters={last?.parameters}
        fault={fault?.path === 'outputs' ? fault.message : undefined}
      />
      {draft.pending && (
        <div className={classes['pending']} role="alert">
          <p>{draft.refusal ?? 'These layers do not fit. The last ones that did stay in force until they do.'}</p>
          <Button size="compact-xs" variant="default" onClick={draft.discard}>
            Back to those
          </Button>
        </div>
      )}
    </div>
  );
}

interface EndProps {
  readonly name: string;
  readonly shape: Shape | undefined;
  readonly parameters?: number | undefined;
  readonly fault?: string | undefined;
}

/** What stands at either end of the layers and cannot be moved. */
function End({ name, shape, parameters, fault }: EndProps) {
  return (
    <div className={classes['end']}>
      <span>{name}</span>
      <span className={classes['facts']}>
        {shape && shapeText(shape)}
        {parameters !== undefined && ` · ${countText(parameters)}`}
      </span>
      {fault !== undefined && <p className={classes['fault']}>{fault}</p>}
    </div>
  );
}
