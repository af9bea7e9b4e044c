/** What training does to gradients and states besides the optimizer's own rule, in float64. */
import type { OptimizerDefinition } from '../../optimizers/types';
import type { Training } from '../../problems/training';

/** Clips a gradient to its largest norm, then adds the decay of the `weights` it was taken at; in place. */
export function amend(gradient: Float64Array, weights: Float64Array, { clip, weightDecay = 0 }: Training): void {
  let scale = 1;
  if (clip !== undefined) {
    const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
    scale = Math.min(1, clip / (norm + 1e-6));
  }
  for (let j = 0; j < gradient.length; j++) gradient[j] = scale * gradient[j]! + weightDecay * weights[j]!;
}

/** Begins anew from the weights: every slot as at a start from there. */
export function restart(slots: readonly Float64Array[], { start, iterate }: OptimizerDefinition): void {
  const weights = slots[iterate]!.slice();
  slots.forEach((slot, k) => {
    if (start[k] === 'weights') slot.set(weights);
    else slot.fill(0);
  });
}
