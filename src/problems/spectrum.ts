/** Spectra: a list of positive numbers, given explicitly or by a law. */
import { z } from 'zod';

export const MAX_DIMENSION = 1024;
const dimension = z.number().int().min(1).max(MAX_DIMENSION);

export const spectrumSchema = z.union([
  /** The values themselves, in any order. */
  z.strictObject({ values: z.array(z.number().positive().max(1e12)).min(1).max(MAX_DIMENSION) }),
  /** λ_j = j^(−exponent), j = 1 … dimension. */
  z.strictObject({ power: z.strictObject({ dimension, exponent: z.number().min(0).max(8) }) }),
  /** From 1 down to 1/conditionNumber in equal ratios. */
  z.strictObject({ geometric: z.strictObject({ dimension, conditionNumber: z.number().min(1).max(1e12) }) }),
]);
export type Spectrum = z.infer<typeof spectrumSchema>;

/** The numbers of a spectrum, length = its dimension. */
export function spectrumValues(spectrum: Spectrum): Float64Array {
  if ('values' in spectrum) return Float64Array.from(spectrum.values);
  if ('power' in spectrum) {
    const { dimension: d, exponent } = spectrum.power;
    return Float64Array.from({ length: d }, (_, j) => (j + 1) ** -exponent);
  }
  const { dimension: d, conditionNumber } = spectrum.geometric;
  return Float64Array.from({ length: d }, (_, j) => (d === 1 ? 1 : conditionNumber ** (-j / (d - 1))));
}
