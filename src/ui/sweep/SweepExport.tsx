/** Takes a sweep out of the page. What makes the files is loaded when it is needed. */
import { Button, Menu } from '@mantine/core';
import { IconBraces, IconDownload, IconFileTypeSvg, IconPhoto, IconTable } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { download } from '../../export/download';
import { exportFileName } from '../../export/filename';
import type { Metric } from '../../export/sweep/metrics';
import type { SweepSource } from '../../export/sweep/result';
import { notify } from '../notify';

interface SweepExportProps {
  /** Asked for when an entry is chosen. */
  readonly getSource: () => SweepSource;
  readonly metric: Metric;
  /** There are no cells yet. */
  readonly empty: boolean;
}

const iconProps = { size: 16, stroke: 1.6, 'aria-hidden': true } as const;

export function SweepExport({ getSource, metric, empty }: SweepExportProps) {
  const [busy, setBusy] = useState(false);
  /** Runs one export; a failure is told and changes nothing. */
  const run = (task: () => Promise<void>) => () => {
    setBusy(true);
    task()
      .catch((error: unknown) => {
        notify({ level: 'error', message: error instanceof Error ? error.message : String(error), topic: 'export' });
      })
      .finally(() => {
        setBusy(false);
      });
  };
  const item = (label: string, icon: ReactNode, task: () => Promise<void>) => (
    <Menu.Item leftSection={icon} onClick={run(task)}>
      {label}
    </Menu.Item>
  );
  return (
    <Menu position="bottom-end" width={190}>
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          loading={busy}
          disabled={empty}
          leftSection={<IconDownload {...iconProps} />}
        >
          Export sweep
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {item('Maps (SVG)', <IconFileTypeSvg {...iconProps} />, () => savePicture(getSource(), metric, 'svg'))}
        {item('Maps (PNG, 2×)', <IconPhoto {...iconProps} />, () => savePicture(getSource(), metric, 'png'))}
        {item('Cells (CSV)', <IconTable {...iconProps} />, () => saveCsv(getSource()))}
        {item('Cells (JSON)', <IconBraces {...iconProps} />, () => saveJson(getSource()))}
      </Menu.Dropdown>
    </Menu>
  );
}

async function savePicture(source: SweepSource, metric: Metric, format: 'svg' | 'png'): Promise<void> {
  const [{ sweepSvg }, { fontFaces }, { svgToPng }] = await Promise.all([
    import('../../export/sweep/svg'),
    import('../../export/fonts'),
    import('../../export/png'),
  ]);
  const { svg, width, height } = sweepSvg({ ...source, metric, fontFaces });
  const name = exportFileName(source.data.config, 'maps', format);
  if (format === 'svg') download(svg, name, 'image/svg+xml');
  else download(await svgToPng(svg, width, height), name, 'image/png');
}

async function saveCsv(source: SweepSource): Promise<void> {
  const [{ sweepCsv }, { sweepResult }] = await Promise.all([
    import('../../export/sweep/csv'),
    import('../../export/sweep/result'),
  ]);
  download(sweepCsv(sweepResult(source)), exportFileName(source.data.config, 'cells', 'csv'), 'text/csv');
}

async function saveJson(source: SweepSource): Promise<void> {
  const { sweepJson } = await import('../../export/sweep/result');
  download(sweepJson(source), exportFileName(source.data.config, 'cells', 'json'), 'application/json');
}
