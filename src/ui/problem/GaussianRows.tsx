import { SegmentedControl } from '@mantine/core';
import { MAX_STORED_ROWS } from '../../problems/gaussian';
import { experimentStore } from '../../state/experiment-store';
import { ControlRow } from '../controls/ControlRow';
import { ValueSlider } from '../controls/ValueSlider';

const DEFAULT_ROWS = 1000;

interface GaussianRowsProps {
  readonly rows: number | 'stream';
  readonly onChange: (rows: number | 'stream', gesture?: string) => string | undefined;
}

/** Fresh samples at every step, or a fixed number of stored ones. */
export function GaussianRows({ rows, onChange }: GaussianRowsProps) {
  return (
    <>
      <ControlRow
        label="rows"
        help="A stream draws fresh samples at every step; stored rows are drawn again and again."
      >
        <SegmentedControl
          size="xs"
          fullWidth
          flex={1}
          aria-label="Rows"
          data={[
            { value: 'stream', label: 'Stream' },
            { value: 'stored', label: 'Stored' },
          ]}
          value={rows === 'stream' ? 'stream' : 'stored'}
          onChange={(value) => {
            onChange(value === 'stream' ? 'stream' : DEFAULT_ROWS);
          }}
        />
      </ControlRow>
      {rows !== 'stream' && (
        <ValueSlider
          label="stored rows"
          symbol="n"
          value={rows}
          scale="log"
          slider={{ min: 10, max: MAX_STORED_ROWS }}
          valid={{ min: 1, max: MAX_STORED_ROWS }}
          integer
          initial={DEFAULT_ROWS}
          onChange={(value, gesture) => onChange(value, gesture ? 'rows' : undefined)}
          onChangeEnd={experimentStore.getState().endGesture}
        />
      )}
    </>
  );
}
