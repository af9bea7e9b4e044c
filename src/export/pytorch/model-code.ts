/** A network as Python text. */
import type { Module } from './modules';

/** An expression for `nn.Sequential` of these modules; lines after the first are indented. */
export function sequentialCode(modules: readonly Module[], indent = ''): string {
  const inner = `${indent}    `;
  return `nn.Sequential(\n${modules.map((module) => `${inner}${moduleCode(module, inner)},\n`).join('')}${indent})`;
}

function moduleCode(module: Module, indent: string): string {
  switch (module.kind) {
    case 'linear': {
      const { taps, inputs, outputs } = module.op.weights;
      return `nn.Linear(${taps * inputs}, ${outputs})`;
    }
    case 'convolution': {
      const { weights, bias, size, stride } = module.op;
      const options = [
        ...(stride === 1 ? [] : [`stride=${stride}`]),
        ...(size === 1 ? [] : [`padding=${(size - 1) / 2}`]),
        ...(bias ? [] : ['bias=False']),
      ];
      return `nn.Conv2d(${[weights.inputs, weights.outputs, size, ...options].join(', ')})`;
    }
    case 'norm':
      return `nn.BatchNorm${module.axes}d(${module.channels})`;
    case 'dropout':
      return `Dropout(${module.op.rate}, ${module.op.layer})`;
    case 'relu':
      return 'nn.ReLU()';
    case 'max-pool':
      return 'nn.MaxPool2d(2)';
    case 'average-pool':
      return 'nn.AdaptiveAvgPool2d(1)';
    case 'flatten':
      return 'nn.Flatten()';
    case 'unflatten':
      return `nn.Unflatten(1, (${module.channels}, 1, 1))`;
    case 'residual': {
      const within = `${indent}    `;
      const shortcut = module.shortcut.length > 0 ? sequentialCode(module.shortcut, within) : 'nn.Identity()';
      return `Residual(\n${within}${sequentialCode(module.inner, within)},\n${within}${shortcut},\n${indent})`;
    }
  }
}

/** Whether such a module stands anywhere among these. */
export function uses(modules: readonly Module[], kind: Module['kind']): boolean {
  return modules.some(
    (module) =>
      module.kind === kind || (module.kind === 'residual' && uses([...module.inner, ...module.shortcut], kind)),
  );
}
