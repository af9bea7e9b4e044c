import { useMemo } from 'react';
import { NETWORK_BUDGET, networkMemory, type LaneSet } from '../../engine/gpu/network/memory';
import { multiplyAdds } from '../../models/cost';
import type { Network } from '../../models/network';
import type { DataShape } from '../../problems/network-shape';
import type { Training } from '../../problems/training';
import { useExperiment } from '../../state/experiment-store';
import { laneSetsOf, takesQuads } from '../../state/network-lanes';
import { useSession } from '../../state/session-store';
import { bytesText } from '../transport/progress-text';
import { compactText } from './network-text';
import classes from './network.module.css';

interface NetworkTotalsProps {
  readonly network: Network;
  readonly shape: DataShape;
  readonly training: Training | undefined;
}

/** What a network is in numbers, and what the runs on it take of the GPU's memory, before anything runs. */
export function NetworkTotals({ network, shape, training }: NetworkTotalsProps) {
  // As text: a dragged step size makes new runs, and the same lanes.
  const listed = useExperiment(({ config }) => JSON.stringify(laneSetsOf(config.runs, config.seeds)));
  const sets = useMemo(() => JSON.parse(listed) as LaneSet[], [listed]);
  const quads = useSession(({ engine }) => takesQuads(engine));
  const memory = useMemo(
    () => networkMemory({ network, rows: shape.rows, ...(training ? { training } : {}) }, sets, quads),
    [network, shape, training, sets, quads],
  );
  const lanes = sets.reduce((sum, set) => sum + set.lanes, 0);
  const beyond = memory.total > NETWORK_BUDGET;
  return (
    <>
      <dl className={classes['totals']} aria-label="Size of the network">
        <div>
          <dt>Parameters</dt>
          <dd>{network.parameters.toLocaleString('en-US')}</dd>
        </div>
        <div>
          <dt>Multiply-adds a sample</dt>
          <dd>{compactText(multiplyAdds(network))}</dd>
        </div>
        <div>
          <dt>GPU memory of {lanes === 1 ? '1 lane' : `${lanes.toLocaleString('en-US')} lanes`}</dt>
          <dd>{bytesText(memory.total)}</dd>
        </div>
      </dl>
      {beyond && (
        <p className={classes['fault']} role="alert">
          More than the {bytesText(NETWORK_BUDGET)} that a race may take: use fewer runs or seeds, smaller batches or a
          smaller network.
        </p>
      )}
    </>
  );
}
