/** Takes the experiment, its curves and the picture out of the page. What makes the files is loaded when it is needed. */
import { Button, Menu } from '@mantine/core';
import {
  IconBraces,
  IconDownload,
  IconFileSpreadsheet,
  IconFileTypeSvg,
  IconLink,
  IconPhoto,
  IconTable,
} from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { permalinkHash } from '../../experiment/permalink';
import type { ExportSource } from '../../export/dataset';
import { download } from '../../export/download';
import { exportFileName } from '../../export/filename';
import type { ChartView } from '../../export/figure/view';
import { runStyle } from '../palette';

export interface ExportMenuProps {
  /** What to export, asked for when an entry is chosen. */
  readonly getSource: () => ExportSource;
  readonly getView: () => ChartView;
  /** Whether there are curves: without, only the experiment and its link can be taken. */
  readonly hasCurves: boolean;
  readonly onNotice: (notice: { readonly level: 'info' | 'error'; readonly message: string }) => void;
}

export function ExportMenu({ getSource, getView, hasCurves, onNotice }: ExportMenuProps) {
  const [busy, setBusy] = useState(false);
  /** Runs one export; a failure is told and changes nothing. */
  const run = (task: () => Promise<void>) => () => {
    setBusy(true);
    task()
      .catch((error: unknown) => {
        onNotice({ level: 'error', message: error instanceof Error ? error.message : String(error) });
      })
      .finally(() => {
        setBusy(false);
      });
  };
  const item = (label: string, icon: ReactNode, task: () => Promise<void>, needsCurves = true) => (
    <Menu.Item leftSection={icon} disabled={needsCurves && !hasCurves} onClick={run(task)}>
      {label}
    </Menu.Item>
  );
  const iconProps = { size: 16, stroke: 1.6, 'aria-hidden': true } as const;

  return (
    <Menu position="bottom-end" width={250} shadow="md">
      <Menu.Target>
        <Button variant="default" size="xs" loading={busy} leftSection={<IconDownload {...iconProps} />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Experiment</Menu.Label>
        {item('Copy link', <IconLink {...iconProps} />, () => copyLink(getSource(), onNotice), false)}
        {item('Experiment (JSON)', <IconBraces {...iconProps} />, () => saveExperiment(getSource()), false)}
        <Menu.Label>Curves</Menu.Label>
        {item('Result (JSON)', <IconBraces {...iconProps} />, () => saveResult(getSource()))}
        {item('Curves (CSV)', <IconTable {...iconProps} />, () => saveCsv(getSource(), 'points'))}
        {item('Every seed (CSV)', <IconFileSpreadsheet {...iconProps} />, () => saveCsv(getSource(), 'lanes'))}
        <Menu.Label>Picture</Menu.Label>
        {item('Chart (SVG)', <IconFileTypeSvg {...iconProps} />, () => savePicture(getSource(), getView(), 'svg'))}
        {item('Chart (PNG, 2×)', <IconPhoto {...iconProps} />, () => savePicture(getSource(), getView(), 'png'))}
      </Menu.Dropdown>
    </Menu>
  );
}

async function copyLink({ config }: ExportSource, onNotice: ExportMenuProps['onNotice']): Promise<void> {
  const link = new URL(permalinkHash(config) || '#', window.location.href).href;
  try {
    await navigator.clipboard.writeText(link);
  } catch {
    throw new Error(`The browser does not let the page copy. The link is: ${link}`);
  }
  onNotice({ level: 'info', message: 'The link to this experiment is on the clipboard.' });
}

async function saveExperiment({ config }: ExportSource): Promise<void> {
  const { experimentJson } = await import('../../export/json');
  download(experimentJson(config), exportFileName(config, 'experiment', 'json'), 'application/json');
}

async function saveResult(source: ExportSource): Promise<void> {
  const { resultJson } = await import('../../export/json');
  download(resultJson(source), exportFileName(source.config, 'result', 'json'), 'application/json');
}

async function saveCsv(source: ExportSource, layout: 'points' | 'lanes'): Promise<void> {
  const { curvesCsv } = await import('../../export/csv');
  download(curvesCsv(source, layout), exportFileName(source.config, layout, 'csv'), 'text/csv');
}

async function savePicture(source: ExportSource, view: ChartView, format: 'svg' | 'png'): Promise<void> {
  const [{ chartSvg }, { fontFaces }, { svgToPng }] = await Promise.all([
    import('../../export/svg'),
    import('../../export/fonts'),
    import('../../export/png'),
  ]);
  const configs = source.runs.map((entry) => entry.run);
  const styles = configs.map((_, index) => runStyle(configs, index, 'light'));
  const { svg, width, height } = chartSvg({ source, view, styles, fontFaces });
  const name = exportFileName(source.config, 'chart', format);
  if (format === 'svg') download(svg, name, 'image/svg+xml');
  else download(await svgToPng(svg, width, height), name, 'image/png');
}
