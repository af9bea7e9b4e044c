import { useShallow } from 'zustand/react/shallow';
import type { RunConfig } from '../../experiment/config';
import { useExperiment } from '../../state/experiment-store';
import { useSession, type SessionState } from '../../state/session-store';
import { expectationText, outcomeText, standText, type Activity } from './outcome';
import { TheoryCard } from './TheoryCard';
import classes from './runs.module.css';

interface OutcomeProps {
  readonly id: number;
  readonly run: RunConfig;
  readonly name: string;
  readonly enabled: boolean;
}

/** Said where no exact theory will ever come. */
const OF_NETWORKS =
  'Exact theory speaks of losses that are quadratic in the weights; that of a network is not. What converges there is found by trying.';

function activityOf({ progress: { state }, failure, imported, offer }: SessionState): Activity {
  if (failure !== undefined || state === 'failed') return 'failed';
  if (offer) return 'offered';
  return !imported && (state === 'running' || state === 'preparing') ? 'going' : 'resting';
}

/** State of a run and what theory expects of it. Follows the session by itself, so that the card need not. */
export function Outcome({ id, run, name, enabled }: OutcomeProps) {
  const network = useExperiment(({ config }) => config.problem.kind === 'network');
  const [text, tone, stand, theory, stale] = useSession(
    useShallow((session) => {
      const entry = session.shown.find((candidate) => candidate.id === id);
      const outcome = outcomeText(enabled, entry?.curve, activityOf(session));
      const curve = enabled ? entry?.curve : undefined;
      return [outcome.text, outcome.tone, curve && standText(curve), curve?.theory, entry?.stale] as const;
    }),
  );
  return (
    <div className={classes['outcome']}>
      <span data-tone={tone}>{text}</span>
      {stand !== undefined && <span>{stand}</span>}
      {theory && (
        // What held of the settings before keeps its place unseen: a slider must not move under the pointer that drags it.
        <span className={classes['theoryPlace']} data-stale={stale}>
          <TheoryCard
            id={id}
            run={run}
            name={name}
            theory={network ? { ...theory, reason: OF_NETWORKS } : theory}
            rate={expectationText(theory.spectralRadius)}
          />
        </span>
      )}
    </div>
  );
}
