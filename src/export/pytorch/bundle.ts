/** One run on a network as a zip file that trains on in PyTorch. */
import { strToU8, zipSync } from 'fflate';
import type { ExperimentConfig } from '../../experiment/config';
import { initialParameters, initialStatistics } from '../../models/initial';
import { prettyJson } from '../json';
import { dataTensors } from './data';
import { writeSafetensors } from './safetensors';
import { FILES, trainingScript, type ScriptSource } from './script';
import { stateDict, type LaneWeights } from './weights';

export interface BundleSource extends ScriptSource {
  readonly config: ExperimentConfig;
  /** What the lane has come to (w_t, not the query point), if the weights are wanted too. */
  readonly trained?: LaneWeights;
}

/** Weights hardly shrink: they are stored. Rows often do. */
const LEVEL = { data: 4, weights: 0, text: 9 } as const;

/**
 * A zip file of the script, its rows, the weights that the lane starts from, and the experiment; with `trained` also the
 * trained weights. A pure function: the same source gives the same bytes. Throws a `RangeError` where weights do not
 * fit the network. Rows and weights are held twice while it works.
 */
export function experimentBundle(source: BundleSource): Uint8Array<ArrayBuffer> {
  const { config, objective, laneSeed, trained } = source;
  const { network } = objective;
  const start: LaneWeights = {
    parameters: initialParameters(network, config.seed, laneSeed),
    statistics: initialStatistics(network),
    steps: 0,
  };
  return zipSync(
    {
      [FILES.script]: [strToU8(trainingScript(source)), { level: LEVEL.text }],
      [FILES.experiment]: [strToU8(prettyJson(config)), { level: LEVEL.text }],
      [FILES.weights]: [writeSafetensors(stateDict(network, start)), { level: LEVEL.weights }],
      ...(trained
        ? { [FILES.trained]: [writeSafetensors(stateDict(network, trained)), { level: LEVEL.weights }] }
        : {}),
      [FILES.data]: [writeSafetensors(dataTensors(objective)), { level: LEVEL.data }],
    },
    { mtime: EPOCH },
  );
}

/** Zip files cannot be older. */
const EPOCH = new Date(1980, 0, 1);
