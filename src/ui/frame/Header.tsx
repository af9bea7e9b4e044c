import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconFolderOpen, IconMoon, IconSun } from '@tabler/icons-react';
import { experimentStore, useExperiment } from '../../state/experiment-store';
import { session, useSession } from '../../state/session-store';
import { viewStore } from '../../state/view-store';
import { ExportMenu } from '../chart/ExportMenu';
import { useFiles } from '../files-context';
import { notify } from '../notify';
import { TourButton } from '../tour/TourButton';
import { EngineBadge } from './EngineBadge';
import { exportSource } from './export-source';
import classes from './frame.module.css';
import { HelpPopover } from './HelpPopover';
import { Logo } from './Logo';
import { ViewTabs } from './ViewTabs';

const iconProps = { size: 18, 'aria-hidden': true } as const;

export function Header() {
  const canUndo = useExperiment((state) => state.past.length > 0);
  const canRedo = useExperiment((state) => state.future.length > 0);
  const hasCurves = useSession((state) =>
    state.shown.some(({ curve }) => curve !== undefined && curve.step.length > 0),
  );
  const files = useFiles();
  const { undo, redo } = experimentStore.getState();
  return (
    <header className={classes['header']}>
      <h1 className={classes['title']}>
        <Logo />
        <span>Optimizer Playground</span>
      </h1>
      <ViewTabs />
      <EngineBadge />
      <div className={classes['actions']}>
        <ActionIcon size={32} aria-label="Undo" title="Undo (Ctrl Z)" disabled={!canUndo} onClick={undo}>
          <IconArrowBackUp {...iconProps} />
        </ActionIcon>
        <ActionIcon size={32} aria-label="Redo" title="Redo (Ctrl Shift Z)" disabled={!canRedo} onClick={redo}>
          <IconArrowForwardUp {...iconProps} />
        </ActionIcon>
        <ActionIcon
          size={32}
          aria-label="Open a file"
          title="Open an experiment, a result or a data set"
          onClick={files.choose}
        >
          <IconFolderOpen {...iconProps} />
        </ActionIcon>
        <ExportMenu
          getSource={() => exportSource(experimentStore.getState(), session.store.getState())}
          getView={() => viewStore.getState()}
          hasCurves={hasCurves}
          onNotice={notify}
        />
        <TourButton />
        <SchemeToggle />
        <HelpPopover />
      </div>
    </header>
  );
}

/** Follows the system until it is pressed. */
function SchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'light' ? 'dark' : 'light';
  return (
    <ActionIcon
      size={32}
      aria-label={`Switch to ${other} colours`}
      title={`Switch to ${other} colours`}
      onClick={() => {
        const system = window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
        setColorScheme(other === system ? 'auto' : other);
      }}
    >
      {scheme === 'light' ? <IconMoon {...iconProps} /> : <IconSun {...iconProps} />}
    </ActionIcon>
  );
}
