/** The gallery: every claim, in the order in which a reader meets them. */
import { compensationShrinks } from './claims/compensation';
import { convolutionalClaim } from './claims/convolutional';
import { fullBatch } from './claims/full-batch';
import { kernelMachine } from './claims/kernel-machine';
import { massAccelerates } from './claims/mass-accelerates';
import { nesterovDiverges } from './claims/nesterov-diverges';
import { networkClaim } from './claims/network';
import { noAcceleration } from './claims/no-acceleration';
import { threeRegimes } from './claims/three-regimes';
import type { Claim } from './types';

export const claims: readonly Claim[] = [
  nesterovDiverges,
  massAccelerates,
  noAcceleration,
  fullBatch,
  threeRegimes,
  compensationShrinks,
  kernelMachine,
  networkClaim,
  convolutionalClaim,
];
