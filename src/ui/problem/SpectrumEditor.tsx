import { SegmentedControl } from '@mantine/core';
import { MAX_DIMENSION, spectrumSchema, spectrumValues, type Spectrum } from '../../problems/spectrum';
import { parseWith } from '../../experiment/config';
import { experimentStore } from '../../state/experiment-store';
import { ListBox } from '../controls/ListBox';
import { numberText, parseNumberList } from '../controls/number-text';
import { Tex } from '../controls/Tex';
import { ValueSlider } from '../controls/ValueSlider';
import { SpectrumPlot } from './SpectrumPlot';
import classes from './problem.module.css';

type Law = 'values' | 'power' | 'geometric';

interface SpectrumEditorProps {
  /** TeX of one entry. */
  readonly symbol: string;
  /** What the entries are, in the plural. */
  readonly name: string;
  readonly spectrum: Spectrum;
  readonly onChange: (spectrum: Spectrum, gesture?: string) => string | undefined;
}

/** A spectrum: typed as a list, or by a law with its parameters. */
export function SpectrumEditor({ symbol, name, spectrum, onChange }: SpectrumEditorProps) {
  const { endGesture } = experimentStore.getState();
  const law: Law = 'values' in spectrum ? 'values' : 'power' in spectrum ? 'power' : 'geometric';

  const dimensionSlider = (dimension: number, withDimension: (dimension: number) => Spectrum) => (
    <ValueSlider
      label="dimension"
      context={name}
      symbol="d"
      value={dimension}
      scale="log2"
      slider={{ min: 1, max: MAX_DIMENSION }}
      valid={{ min: 1, max: MAX_DIMENSION }}
      integer
      initial={32}
      onChange={(value, gesture) => onChange(withDimension(value), gesture ? 'dimension' : undefined)}
      onChangeEnd={endGesture}
    />
  );

  return (
    <div role="group" aria-label={`Spectrum (${name})`} className={classes['spectrum']}>
      <div className={classes['spectrumHead']}>
        <span>
          {name} <Tex>{symbol}</Tex>
        </span>
        <SegmentedControl
          size="xs"
          aria-label={`How the ${name} are given`}
          data={[
            { value: 'values', label: 'List' },
            { value: 'power', label: 'Power law' },
            { value: 'geometric', label: 'Geometric' },
          ]}
          value={law}
          onChange={(value) => {
            onChange(otherLaw(spectrum, value));
          }}
        />
      </div>
      {'values' in spectrum && (
        <ListBox
          name={`List of ${name}`}
          text={spectrum.values.map((value) => numberText(value, 6).replaceAll(',', '')).join('  ')}
          onCommit={(text) => commitText(text, onChange)}
        />
      )}
      {'power' in spectrum && (
        <>
          {dimensionSlider(spectrum.power.dimension, (dimension) => ({ power: { ...spectrum.power, dimension } }))}
          <ValueSlider
            label="exponent"
            context={name}
            symbol="p"
            help="The j-th value is j to the power −p."
            value={spectrum.power.exponent}
            scale="linear"
            slider={{ min: 0, max: 4 }}
            valid={{ min: 0, max: 8 }}
            initial={1}
            onChange={(exponent, gesture) =>
              onChange({ power: { ...spectrum.power, exponent } }, gesture ? 'exponent' : undefined)
            }
            onChangeEnd={endGesture}
          />
        </>
      )}
      {'geometric' in spectrum && (
        <>
          {dimensionSlider(spectrum.geometric.dimension, (dimension) => ({
            geometric: { ...spectrum.geometric, dimension },
          }))}
          <ValueSlider
            label="condition"
            context={name}
            symbol="\kappa"
            help="Ratio of the largest to the smallest value."
            value={spectrum.geometric.conditionNumber}
            scale="log"
            slider={{ min: 1, max: 1e6 }}
            valid={{ min: 1, max: 1e12 }}
            initial={512}
            onChange={(conditionNumber, gesture) =>
              onChange({ geometric: { ...spectrum.geometric, conditionNumber } }, gesture ? 'condition' : undefined)
            }
            onChangeEnd={endGesture}
          />
        </>
      )}
      <SpectrumPlot values={spectrumValues(spectrum)} name={name} />
    </div>
  );
}

/** The same size under another law; a list starts from what the law gives. */
function otherLaw(spectrum: Spectrum, law: Law): Spectrum {
  const values = spectrumValues(spectrum);
  const dimension = values.length;
  if (law === 'power') return { power: { dimension: Math.max(2, dimension), exponent: 1 } };
  if (law === 'geometric') {
    const ratio = Math.max(...values) / Math.min(...values);
    return {
      geometric: {
        dimension: Math.max(2, dimension),
        conditionNumber: Math.min(1e12, Math.max(1, Number(ratio.toPrecision(4)))),
      },
    };
  }
  return { values: [...values].map((value) => Number(value.toPrecision(6))) };
}

function commitText(text: string, onChange: (spectrum: Spectrum) => string | undefined): string | undefined {
  const parsed = parseNumberList(text);
  if ('error' in parsed) return parsed.error;
  const { values } = parsed;
  if (values.length > MAX_DIMENSION) return `${values.length} values; at most ${MAX_DIMENSION}.`;
  const bad = values.findIndex((value) => !(value > 0 && value <= 1e12));
  if (bad >= 0) return `Entry ${bad + 1} is ${numberText(values[bad]!)}: it must be above 0 and at most 1e12.`;
  return onChange(parseWith(spectrumSchema, { values }));
}
