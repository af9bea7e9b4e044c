import { NativeSelect } from '@mantine/core';
import { useMemo } from 'react';
import { presets } from '../../models/presets';
import type { NetworkConfig } from '../../problems/network';
import { dataShape } from '../../problems/network-shape';
import { sameFiles } from '../../state/datasets';
import { presetOf } from '../../state/network-defaults';
import { useSession } from '../../state/session-store';
import { ControlRow } from '../controls/ControlRow';
import { LayerEditor } from './LayerEditor';
import { NetworkDataFields } from './NetworkDataFields';
import { NetworkTotals } from './NetworkTotals';
import { SampleView } from './SampleView';
import { TrainingFields } from './TrainingFields';
import { useLayerDraft } from './use-layer-draft';
import classes from './network.module.css';

export interface NetworkPanelProps {
  readonly problem: NetworkConfig;
  readonly onChange: (problem: NetworkConfig, gesture?: string) => string | undefined;
}

/** The data and the layers of a network, and how it is trained. */
export function NetworkPanel({ problem, onChange }: NetworkPanelProps) {
  const { data } = problem;
  const dataset = useSession(({ datasets }) =>
    data.kind === 'files' ? datasets.find(({ files }) => sameFiles(files, data.files)) : undefined,
  );
  const shape = useMemo(() => dataShape(problem, dataset), [problem, dataset]);
  const draft = useLayerDraft(problem, shape, onChange);
  const preset = presetOf(draft.layers);
  return (
    <>
      <h3 className={classes['part']}>Data</h3>
      <NetworkDataFields problem={problem} dataset={dataset} onChange={onChange} />
      <SampleView />
      <h3 className={classes['part']}>Layers</h3>
      <ControlRow label="network">
        <NativeSelect
          flex={1}
          aria-label="Network"
          value={preset?.id ?? ''}
          data={[
            ...(preset ? [] : [{ value: '', label: 'Custom' }]),
            ...presets.map(({ id, label }) => ({ value: id, label })),
          ]}
          onChange={(event) => {
            const chosen = presets.find(({ id }) => id === event.currentTarget.value);
            if (chosen) draft.change(chosen.layers);
          }}
        />
      </ControlRow>
      {preset && <p className={classes['quiet']}>{preset.summary}</p>}
      <LayerEditor draft={draft} shape={shape} loss={problem.loss} />
      {shape && draft.table?.network && (
        <NetworkTotals network={draft.table.network} shape={shape} training={problem.training} />
      )}
      <h3 className={classes['part']}>Training</h3>
      <TrainingFields problem={problem} onChange={onChange} />
    </>
  );
}
