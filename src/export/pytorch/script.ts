/**
 * One run on a network as a PyTorch script that needs nothing but torch and numpy: the same model, data, minibatches,
 * dropout masks and hyper-parameters. What does not depend on the run stands in `python/`.
 */
import type { ExperimentConfig, RunConfig } from '../../experiment/config';
import { optimizerOf } from '../../optimizers/registry';
import type { NetworkObjective } from '../../problems/types';
import { sequentialCode, uses } from './model-code';
import { modulesOf, takesImages, type Module } from './modules';
import { optimizerCode } from './optimizer-code';
import cropFlipPy from './python/crop_flip.py?raw';
import countersPy from './python/counters.py?raw';
import dropoutPy from './python/dropout.py?raw';
import evaluatePy from './python/evaluate.py?raw';
import filesPy from './python/files.py?raw';
import residualPy from './python/residual.py?raw';
import { trainingCode, type TrainingCode } from './training-code';

export interface ScriptSource {
  readonly config: Pick<ExperimentConfig, 'seed' | 'steps' | 'sampling'>;
  /** The run that the script trains. */
  readonly run: Pick<RunConfig, 'optimizer' | 'batch' | 'hyper'>;
  /** Seed of the lane whose minibatches are drawn. */
  readonly laneSeed: number;
  readonly objective: NetworkObjective;
}

export const FILES = {
  script: 'train.py',
  weights: 'weights.safetensors',
  trained: 'trained.safetensors',
  data: 'data.safetensors',
  experiment: 'experiment.json',
} as const;

/** Losses that are printed beside the first ten, about. */
const PRINTED = 100;

/** The text of `train.py`. */
export function trainingScript(source: ScriptSource): string {
  const modules = modulesOf(source.objective.network);
  const training = trainingCode(source.objective.training, optimizerOf(source.run.optimizer));
  const { source: optimizer, make } = optimizerCode(source.run.optimizer, source.run.hyper, training.varies);
  return sections([
    head(source, training),
    constants(source),
    countersPy,
    filesPy,
    source.objective.network.augmentation ? cropFlipPy : '',
    uses(modules, 'dropout') ? dropoutPy : '',
    uses(modules, 'residual') ? residualPy : '',
    `def make_model():\n    return ${sequentialCode(modules, '    ')}`,
    optimizer,
    `def make_optimizer(model):\n    return ${make}`,
    ...training.sections,
    lossCode(source),
    evaluatePy,
    mainCode(source, modules, training),
    'if __name__ == "__main__":\n    main()',
  ]);
}

/** Two empty lines between sections; the last one ends with a line break. */
const sections = (parts: readonly string[]) =>
  `${parts
    .map((part) => part.trim())
    .filter(Boolean)
    .join('\n\n\n')}\n`;

function head({ objective, run }: ScriptSource, { varies }: TrainingCode): string {
  const { rows, network } = objective;
  const test = rows.test > 0 ? ` ${rows.test} rows are for testing.` : '';
  return `"""Trains a network of ${network.parameters} parameters with ${optimizerOf(run.optimizer).label} on ${rows.count} rows.${test}

Exported from the optimizer playground: same model, data, minibatches, starting weights and hyper-parameters, so the
losses agree with the page's up to rounding. Needs torch and numpy, and the files beside it: ${FILES.data} (rows),
${FILES.weights} (where the run starts), perhaps ${FILES.trained} (what the page has come to).

    python ${FILES.script}
    python ${FILES.script} --weights ${FILES.trained} --steps 0

Prints the step and the numbers named in the first line, which are those of w_t.
"""

import argparse
import contextlib
import json
${varies ? 'import math\n' : ''}from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional`;
}

function constants({ config, run, laneSeed, objective }: ScriptSource): string {
  const { recorded } = objective.rows;
  return `SEED = ${config.seed}  # root of everything random
LANE_SEED = ${laneSeed}
STEPS = ${config.steps}
BATCH = ${run.batch}
# Rows that losses are worked out over: the first ones.
RECORDED = {"train": ${recorded.count}, "test": ${recorded.test}}
PRINT_EVERY = ${Math.max(1, Math.ceil(config.steps / PRINTED))}  # and at each of the first ten steps`;
}

const lossCode = ({ objective }: ScriptSource) =>
  objective.network.loss === 'cross-entropy'
    ? 'def loss_of(outputs, targets):\n    return functional.cross_entropy(outputs, targets)'
    : 'def loss_of(outputs, targets):\n    return (outputs - targets).square().sum(1).mean() / 2';

/** The lines of the training loop for one step, and what goes before and after it. */
function mainCode(
  { config, objective }: ScriptSource,
  modules: readonly Module[],
  { before, after, varies }: TrainingCode,
): string {
  const { network, rows } = objective;
  const classes = network.loss === 'cross-entropy';
  const sets = ['train', ...(rows.test > 0 ? ['test'] : [])];
  const columns = sets.flatMap((set) => [`${set}_loss`, ...(classes ? [`${set}_accuracy`] : [])]);
  const [stream, draw] =
    config.sampling === 'epochs' ? ['STREAM_EPOCH', 'rows_of_epoch'] : ['STREAM_BATCH', 'rows_with_replacement'];
  const inputs = network.augmentation
    ? `crop_flip(train_features[rows], key, step, ${network.augmentation.padding})`
    : 'train_features[rows]';
  const step = [
    `rows = ${draw}(key, step, BATCH, len(train_features))`,
    ...(uses(modules, 'dropout') ? ['Dropout.step = step'] : []),
    'optimizer.zero_grad()',
    `loss_of(model(${inputs}), train_targets[rows]).backward()`,
    ...before,
    'optimizer.step()',
    'done = step + 1',
    ...after,
  ];
  const images = takesImages(network) ? '.permute(0, 3, 1, 2).contiguous()' : '';
  return `def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", default="${FILES.weights}", help="start from these (%(default)s)")
    parser.add_argument("--steps", type=int, default=STEPS, help="(%(default)s)")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, mps (%(default)s)")
    arguments = parser.parse_args()

    folder = Path(__file__).resolve().parent
    data = {name: value.to(arguments.device) for name, value in read_safetensors(folder / "${FILES.data}").items()}
${sets
  .flatMap((set) => [
    `    ${set}_features = data["${set}.features"]${images}`,
    `    ${set}_targets = data["${set}.targets"]`,
  ])
  .join('\n')}
    model = make_model()
    model.load_state_dict(read_safetensors(folder / arguments.weights))
    model.to(arguments.device)
    optimizer = make_optimizer(model)
${varies ? '    rates = [group["lr"] for group in optimizer.param_groups]\n' : ''}
    def show(step):
        numbers = [
${sets
  .map((set) => {
    const rowsOf = `[: RECORDED["${set}"]]`;
    return `            *evaluate(model, optimizer, ${set}_features${rowsOf}, ${set}_targets${rowsOf}),\n`;
  })
  .join('')}        ]
        print(step, *(f"{number:.7g}" for number in numbers), sep=",", flush=True)

    print("step,${columns.join(',')}")
    show(0)
    key = stream_key(SEED, ${stream}, LANE_SEED)
    for step in range(arguments.steps):
${step.map((line) => `        ${line}`).join('\n')}
        if done <= 10 or done % PRINT_EVERY == 0 or done == arguments.steps:
            show(done)`;
}
