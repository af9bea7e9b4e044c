/** Values that people publish and use where no theory gives any: starting points, not optima. */
import type { OptimizerId } from '../../optimizers/registry';
import type { Hyper } from '../../optimizers/types';

export interface Published {
  /** What these values are, as a sentence with its source. */
  readonly about: string;
  /** The hyper-parameters it speaks of. */
  readonly hyper: Hyper;
}

const momentum: Published = {
  about: 'The usual momentum; Sutskever et al. 2013 go from 0.9 up to 0.999. With small batches it can diverge.',
  hyper: { gamma: 0.9 },
};

const known: Partial<Record<OptimizerId, Published>> = {
  adam: {
    about: 'The defaults of Kingma & Ba 2015.',
    hyper: { eta: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  },
  mass: {
    about: 'Liu & Belkin 2020 take these for deep networks, with κ̃ between 2 and 12.',
    hyper: { alpha: 0.05, kappaTilde: 2 },
  },
  nesterov: momentum,
  'heavy-ball': momentum,
};

/** Published starting values of an optimizer; undefined where its step size is all there is to choose. */
export const publishedValues = (optimizer: OptimizerId): Published | undefined => known[optimizer];
