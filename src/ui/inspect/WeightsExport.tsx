/** Takes what a run has learned out of the page. What makes the files is loaded when it is needed. */
import { Button, Menu } from '@mantine/core';
import { IconBrandPython, IconDownload, IconFileVector } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { runKey, type ExperimentConfig, type RunConfig } from '../../experiment/config';
import { download } from '../../export/download';
import { exportFileName } from '../../export/filename';
import type { EngineService, SessionWeights } from '../../worker/protocol';
import { notify } from '../notify';
import { useService } from '../service-context';

interface WeightsExportProps {
  readonly config: ExperimentConfig;
  readonly run: RunConfig;
  readonly seed: number;
  readonly disabled: boolean;
}

const iconProps = { size: 16, stroke: 1.6, 'aria-hidden': true } as const;

export function WeightsExport({ config, run, seed, disabled }: WeightsExportProps) {
  const service = useService();
  const [busy, setBusy] = useState(false);
  const own = { ...config, runs: [run] };
  /** Makes one file of the weights; a failure is told and changes nothing. */
  const save = (task: (weights: SessionWeights) => Promise<void>) => () => {
    setBusy(true);
    weightsOf(service, run, seed)
      .then(task)
      .catch((error: unknown) => {
        notify({ level: 'error', message: error instanceof Error ? error.message : String(error), topic: 'export' });
      })
      .finally(() => {
        setBusy(false);
      });
  };
  const item = (label: string, icon: ReactNode, task: (weights: SessionWeights) => Promise<void>) => (
    <Menu.Item leftSection={icon} onClick={save(task)}>
      {label}
    </Menu.Item>
  );
  return (
    <Menu position="bottom-end" width={310}>
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          loading={busy}
          disabled={disabled}
          leftSection={<IconDownload {...iconProps} />}
          aria-label="Export what was learned"
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {item('Weights (.safetensors)', <IconFileVector {...iconProps} />, (weights) => saveWeights(own, weights))}
        {item('PyTorch script, weights, data (.zip)', <IconBrandPython {...iconProps} />, (weights) =>
          saveBundle(own, run, seed, weights),
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

async function weightsOf(service: EngineService, run: RunConfig, seed: number): Promise<SessionWeights> {
  const weights = await service.weights(runKey(run), seed);
  if (!weights) throw new Error('The weights of this run are not there any more: start it again.');
  return weights;
}

async function saveWeights(config: ExperimentConfig, { objective, step, ...lane }: SessionWeights): Promise<void> {
  const [{ stateDict }, { writeSafetensors }] = await Promise.all([
    import('../../export/pytorch/weights'),
    import('../../export/pytorch/safetensors'),
  ]);
  const bytes = writeSafetensors(stateDict(objective.network, { ...lane, steps: step }));
  const type = 'application/octet-stream';
  download(new Blob([bytes], { type }), exportFileName(config, 'weights', 'safetensors'), type);
}

async function saveBundle(
  config: ExperimentConfig,
  run: RunConfig,
  laneSeed: number,
  learned: SessionWeights,
): Promise<void> {
  const { bundleInWorker } = await import('../../export/pytorch/bundle-in-worker');
  const bytes = await bundleInWorker({ config, run, laneSeed }, learned);
  download(new Blob([bytes], { type: 'application/zip' }), exportFileName(config, 'pytorch', 'zip'), 'application/zip');
}
