import type { ClaimId } from '../../gallery/types';

/** Why a claim matters, for someone who trains models. */
export const why: Readonly<Partial<Record<ClaimId, string>>> = {
  'nesterov-diverges':
    'The momentum that every deep-learning library offers can break a run that plain SGD would finish.',
  'mass-accelerates': 'One more term in the update makes momentum safe with minibatches, and worth having.',
  network: 'The paper’s case: a network with more weights than rows behaves as the theory of linear models has it.',
  convolutional: 'Shared weights and normalised layers are far from the linear case, and the gain is still there.',
  'kernel-regression': 'Kernels fit every target exactly, with a step size known beforehand: L₁ = 1 on any data.',
  'no-acceleration': 'Tuning does not save Nesterov’s momentum: the failure is one of the method, not of its settings.',
  'full-batch': 'Nesterov’s deterministic method is the limit of MaSS: one method for every batch size.',
  'three-regimes': 'It tells how large a batch is worth its computation, before anything was trained.',
  'your-data': 'Real targets are seldom fitted exactly. The batch that pays on your data can still be told beforehand.',
  compensation: 'It says when the extra term is needed: with small batches always, with very large ones no longer.',
};
