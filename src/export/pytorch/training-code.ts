/** How a network is trained besides its optimizer, as Python: schedule of step sizes, weight decay, clipping. */
import type { OptimizerDefinition } from '../../optimizers/types';
import type { Training } from '../../problems/training';
import restartPy from './python/restart.py?raw';

export interface TrainingCode {
  /** Definitions. */
  readonly sections: readonly string[];
  /** Lines of the training loop: before the optimizer's step, and after it, where `done` steps are done. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Step sizes change on the way. */
  readonly varies: boolean;
}

export function trainingCode(
  training: Training = {},
  { restarts }: Pick<OptimizerDefinition, 'restarts'>,
): TrainingCode {
  const { schedule, warmUp, weightDecay = 0, clip } = training;
  const varies = schedule !== undefined || warmUp !== undefined;
  const restartAt = restarts && schedule?.kind === 'step' ? schedule.at : [];
  return {
    sections: [varies ? rateCode(training) : '', restartAt.length > 0 ? restartPy : ''],
    before: [
      ...(clip === undefined ? [] : [`nn.utils.clip_grad_norm_(model.parameters(), ${clip})`]),
      ...(weightDecay === 0
        ? []
        : [
            'for parameter in model.parameters():',
            `    parameter.grad.add_(parameter.detach(), alpha=${weightDecay})`,
          ]),
      ...(varies
        ? ['for group, rate in zip(optimizer.param_groups, rates):', '    group["lr"] = rate * rate_at(step)']
        : []),
    ],
    after: restartAt.length > 0 ? [`if done in (${restartAt.join(', ')},):`, '    restart(optimizer)'] : [],
    varies,
  };
}

function rateCode({ schedule, warmUp }: Training): string {
  const warm = warmUp === undefined ? '1.0' : `min(1.0, (step + 1) / ${warmUp})`;
  const lines = (): string[] => {
    switch (schedule?.kind) {
      case undefined:
        return [`return ${warm}`];
      case 'step':
        return [`return ${warm} * ${schedule.factor} ** sum(at <= step for at in (${schedule.at.join(', ')},))`];
      case 'cosine':
        return [
          `if step >= ${schedule.period}:`,
          '    return 0.0',
          `return ${warm} * (1 + math.cos(math.pi * step / ${schedule.period})) / 2`,
        ];
    }
  };
  return `def rate_at(step):
    """What the learning rate is multiplied by in this step, from 0."""
${lines()
  .map((line) => `    ${line}`)
  .join('\n')}`;
}
