import { Button } from '@mantine/core';
import { useSession } from '../../state/session-store';
import { useController } from '../controller-context';
import classes from './frame.module.css';

const whole = new Intl.NumberFormat('en-US');

const otherArithmetic = {
  webgpu:
    'The graphics device computed it so far; the processor would go on more slowly, and with other rounding from there on.',
  cpu: 'The processor computed it so far; the graphics device would go on, with other rounding from there on.',
} as const;

/** Asks what to do with a race that was under way when the page was left. */
export function GoOnOffer() {
  const controller = useController();
  const offer = useSession((state) => state.offer);
  if (!offer) return null;
  return (
    <section className={classes['offer']} aria-label="Interrupted race">
      <p role="status">
        This race was interrupted when the page was left.
        {offer.other && ` ${otherArithmetic[offer.other]}`}
      </p>
      <div>
        <Button size="compact-sm" onClick={controller.goOn}>
          Go on from step {whole.format(offer.step)} of {whole.format(offer.steps)}
        </Button>
        <Button size="compact-sm" variant="default" onClick={controller.reset}>
          Start anew
        </Button>
      </div>
    </section>
  );
}
