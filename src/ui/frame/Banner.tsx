import { Anchor, CloseButton } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { GoOnOffer } from './GoOnOffer';
import { useSession } from '../../state/session-store';
import classes from './frame.module.css';

/** Standing notices about the whole page: no GPU, a failure. Nothing where all is well. */
export function Banners() {
  const engine = useSession((state) => state.engine);
  const failure = useSession((state) => state.failure);
  const computed = useSession(({ shown }) => shown.some(({ curve }) => curve !== undefined));
  const [dismissed, setDismissed] = useState(false);
  return (
    <>
      {failure !== undefined && (
        <Banner tone="bad">
          <strong>{computed ? 'The race has stopped.' : 'This experiment cannot run.'}</strong> {failure}
        </Banner>
      )}
      <GoOnOffer />
      {engine?.kind === 'cpu' && !dismissed && (
        <Banner
          tone="calm"
          onClose={() => {
            setDismissed(true);
          }}
        >
          <strong>Running on the processor.</strong> {engine.reason} Everything works, only slower. For the graphics
          processor, use a current Chrome, Edge, Firefox or Safari with{' '}
          <Anchor href="https://webgpureport.org" target="_blank" rel="noreferrer" inherit>
            WebGPU
          </Anchor>{' '}
          switched on, over https or on localhost.
        </Banner>
      )}
    </>
  );
}

interface BannerProps {
  readonly tone: 'calm' | 'bad';
  readonly onClose?: () => void;
  readonly children: ReactNode;
}

function Banner({ tone, onClose, children }: BannerProps) {
  return (
    <div className={classes['banner']} data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      <p>{children}</p>
      {onClose && <CloseButton size="sm" aria-label="Dismiss this notice" onClick={onClose} />}
    </div>
  );
}
