import { Popover, UnstyledButton } from '@mantine/core';
import { useSession } from '../../state/session-store';
import type { EngineInfo } from '../../worker/protocol';
import classes from './frame.module.css';

/** Which arithmetic computes the curves: the graphics adapter's name, or the processor. */
export function EngineBadge() {
  const engine = useSession((state) => state.engine);
  if (!engine) return <span className={classes['engine']}>Opening the engine…</span>;
  const { vendor, architecture, description } = engine.adapter;
  return (
    <Popover position="bottom-end" width={300}>
      <Popover.Target>
        <UnstyledButton className={classes['engine']} aria-label={`Engine: ${engineName(engine)}`}>
          <span className={classes['dot']} data-kind={engine.kind} />
          <span className={classes['engineName']}>{engineName(engine)}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={classes['engineDetails'] ?? ''}>
        <p>
          {engine.kind === 'webgpu'
            ? 'The curves are computed by WebGPU kernels in float32.'
            : `The curves are computed on the processor in float64. ${engine.reason}`}
        </p>
        {engine.kind === 'webgpu' && (
          <dl>
            {Object.entries({ vendor, architecture, description }).map(([key, value]) =>
              value === '' ? null : (
                <div key={key}>
                  <dt>{key}</dt>
                  <dd>{value}</dd>
                </div>
              ),
            )}
          </dl>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function engineName(engine: EngineInfo): string {
  if (engine.kind === 'cpu') return 'Processor';
  const { vendor, architecture, description } = engine.adapter;
  return `WebGPU · ${description || [vendor, architecture].filter(Boolean).join(' ') || 'graphics adapter'}`;
}
