/** Hyper-parameters that several optimizers share. */
import type { HyperParameter } from './types';

export const stepSize = (value: number): HyperParameter => ({
  key: 'eta',
  symbol: '\\eta',
  text: 'η',
  label: 'step size',
  help: 'How far one step goes along the minibatch gradient.',
  scale: 'log',
  slider: { min: 1e-5, max: 10 },
  valid: { min: 0, max: Number.POSITIVE_INFINITY, openMin: true },
  default: value,
});

export const momentum = (value: number): HyperParameter => ({
  key: 'gamma',
  symbol: '\\gamma',
  text: 'γ',
  label: 'momentum',
  help: 'The share of the previous step that is carried on.',
  scale: 'log-to-one',
  slider: { min: 0, max: 0.9999 },
  valid: { min: 0, max: 1, openMax: true },
  default: value,
});
