/** Our optimizers in PyTorch: its own where they take the same steps, else a class of the script's own. */
import type { OptimizerId } from '../../optimizers/registry';
import type { Hyper } from '../../optimizers/types';
import heavyBallPy from './python/heavy_ball.py?raw';
import massPy from './python/mass.py?raw';
import nesterovPy from './python/nesterov.py?raw';

interface OptimizerCode {
  /** A class of its own, where PyTorch has none that keeps what we report. */
  readonly source?: string;
  /** The expression that makes it, given hyper-parameters by key. */
  readonly make: (value: (key: string) => string) => string;
}

interface Codes extends OptimizerCode {
  /** Where the step size changes on the way, if that matters. */
  readonly varying?: OptimizerCode;
}

const codes: Readonly<Record<OptimizerId, Codes>> = {
  sgd: { make: (h) => `torch.optim.SGD(model.parameters(), lr=${h('eta')})` },
  // The same while the step size is constant: PyTorch's momentum sums gradients, ours displacements.
  'heavy-ball': {
    make: (h) => `torch.optim.SGD(model.parameters(), lr=${h('eta')}, momentum=${h('gamma')})`,
    varying: {
      source: heavyBallPy,
      make: (h) => `HeavyBall(model.parameters(), lr=${h('eta')}, momentum=${h('gamma')})`,
    },
  },
  // PyTorch's own takes the same steps, but forgets w, whose loss is reported.
  nesterov: {
    source: nesterovPy,
    make: (h) => `Nesterov(model.parameters(), lr=${h('eta')}, momentum=${h('gamma')})`,
  },
  mass: {
    source: massPy,
    make: (h) => `MaSS(model.parameters(), lr=${h('eta')}, alpha=${h('alpha')}, kappa=${h('kappaTilde')})`,
  },
  adam: {
    make: (h) =>
      `torch.optim.Adam(model.parameters(), lr=${h('eta')}, betas=(${h('beta1')}, ${h('beta2')}), eps=${h('epsilon')})`,
  },
};

/** For a step size that `varies` on the way, or does not. Throws a `RangeError` where a hyper-parameter is missing. */
export function optimizerCode(id: OptimizerId, hyper: Hyper, varies: boolean): { source: string; make: string } {
  const { varying, ...constant } = codes[id];
  const { source = '', make } = varies && varying ? varying : constant;
  const value = (key: string): string => {
    const found = hyper[key];
    if (found === undefined || !Number.isFinite(found)) throw new RangeError(`hyper.${key} of ${id} is no number.`);
    return String(found);
  };
  return { source, make: make(value) };
}
