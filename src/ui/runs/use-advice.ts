/** What theory advises for a run, kept up to date while its sliders move. */
import { useEffect, useRef, useState } from 'react';
import { runKey, type RunConfig } from '../../experiment/config';
import { useSession } from '../../state/session-store';
import type { ObjectiveSummary, RunAdvice } from '../../worker/protocol';
import { useController } from '../controller-context';

/** Advice on stored rows takes seconds: wait for a slider to come to rest. */
const REST = { stream: 0, rows: 400 } as const;

interface Answer {
  readonly key: string;
  readonly objective: ObjectiveSummary;
  readonly advice: RunAdvice | undefined;
}

export interface CurrentAdvice {
  readonly advice: RunAdvice;
  /** It was given for these very settings, not for those of a moment ago. */
  readonly fresh: boolean;
}

/**
 * Advice for a run; undefined while `wanted` is not, before the first answer, and where theory has none. One question is
 * under way at a time and the latest one wins, so that a fast drag does not queue up. Until an answer to the present
 * settings is there, the one before stands, if it was about the same rule and problem.
 */
export function useAdvice(run: RunConfig, wanted: boolean, search: boolean): CurrentAdvice | undefined {
  const controller = useController();
  const objective = useSession((state) => state.objective);
  const [answer, setAnswer] = useState<Answer & { readonly optimizer: string }>();
  const question = useRef<{ busy: boolean; next: (() => void) | undefined }>({ busy: false, next: undefined });
  const key = `${runKey(run)} ${search}`;
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  }, [run]);

  useEffect(() => {
    if (!wanted || !objective) return;
    const state = question.current;
    let dropped = false;
    const ask = () => {
      if (dropped) return;
      if (state.busy) {
        state.next = ask;
        return;
      }
      state.busy = true;
      const asked = latest.current;
      void controller
        .advise(asked, search)
        .then((advice) => {
          if (!dropped) setAnswer({ key, optimizer: asked.optimizer, objective, advice });
        })
        .finally(() => {
          state.busy = false;
          const { next } = state;
          state.next = undefined;
          next?.();
        });
    };
    const timer = setTimeout(ask, objective.rows === undefined ? REST.stream : REST.rows);
    return () => {
      dropped = true;
      clearTimeout(timer);
    };
  }, [controller, objective, key, search, wanted]);

  if (!wanted || !answer?.advice || answer.objective !== objective || answer.optimizer !== run.optimizer)
    return undefined;
  return { advice: answer.advice, fresh: answer.key === key };
}
