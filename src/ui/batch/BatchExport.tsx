import { Button, Menu } from '@mantine/core';
import { IconBraces, IconDownload, IconFileTypeSvg, IconPhoto, IconTable } from '@tabler/icons-react';
import { useState } from 'react';
import type { ExperimentConfig } from '../../experiment/config';
import type { BatchSource } from '../../export/batch';
import { download } from '../../export/download';
import { exportFileName } from '../../export/filename';
import type { SpeedUnit } from '../../export/figure/batch';
import { optimizerOf } from '../../optimizers/registry';
import { Failure } from '../frame/Failure';

interface BatchExportProps {
  readonly config: ExperimentConfig;
  readonly source: BatchSource;
  readonly unit: SpeedUnit;
}

type Format = 'svg' | 'png' | 'csv' | 'json';

const entries = [
  ['svg', 'Chart (SVG)', IconFileTypeSvg],
  ['png', 'Chart (PNG, 2×)', IconPhoto],
  ['csv', 'Speeds (CSV)', IconTable],
  ['json', 'Speeds (JSON)', IconBraces],
] as const;

/** Takes the study out of the page; what makes the files is loaded when it is needed. */
export function BatchExport({ config, source, unit }: BatchExportProps) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const save = (format: Format) => () => {
    setBusy(true);
    setFailure(undefined);
    write(format, config, source, unit)
      .catch((error: unknown) => {
        setFailure(error instanceof Error ? error.message : String(error));
      })
      .finally(() => {
        setBusy(false);
      });
  };
  return (
    <>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <Button
            size="compact-xs"
            variant="default"
            loading={busy}
            leftSection={<IconDownload size={14} aria-hidden="true" />}
          >
            Save
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {entries.map(([format, label, Icon]) => (
            <Menu.Item
              key={format}
              leftSection={<Icon size={16} stroke={1.6} aria-hidden="true" />}
              onClick={save(format)}
            >
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {failure !== undefined && <Failure title="The file could not be saved.">{failure}</Failure>}
    </>
  );
}

async function write(format: Format, config: ExperimentConfig, source: BatchSource, unit: SpeedUnit): Promise<void> {
  const { batchCsv, batchJson, batchSvg } = await import('../../export/batch');
  const name = exportFileName(config, 'batch', format);
  if (format === 'csv') {
    download(batchCsv(source), name, 'text/csv');
    return;
  }
  if (format === 'json') {
    download(batchJson(source), name, 'application/json');
    return;
  }
  const [{ fontFaces }, { svgToPng }] = await Promise.all([import('../../export/fonts'), import('../../export/png')]);
  const colours = { sgd: optimizerOf('sgd').colour.light, mass: optimizerOf('mass').colour.light };
  const { svg, width, height } = batchSvg(source, { unit, colours, fontFaces });
  if (format === 'svg') download(svg, name, 'image/svg+xml');
  else download(await svgToPng(svg, width, height), name, 'image/png');
}
