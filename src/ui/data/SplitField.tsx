import { SegmentedControl } from '@mantine/core';
import type { NetworkConfig } from '../../problems/network';
import { ControlRow } from '../controls/ControlRow';
import { omit } from '../omit';

interface SplitFieldProps {
  readonly problem: NetworkConfig;
  /** Rows that the files themselves set apart for testing. */
  readonly testRows: number;
  readonly onChange: (problem: NetworkConfig) => void;
}

/** Whether the rows for testing are those that the files tell, or a share of all. */
export function SplitField({ problem, testRows, onChange }: SplitFieldProps) {
  const plain = omit(problem, 'split');
  return (
    <ControlRow
      label="split"
      help={`Official: the ${testRows.toLocaleString('en-US')} test rows of the files are not trained on. By share: drawn from all rows.`}
    >
      <SegmentedControl
        size="xs"
        flex={1}
        aria-label="Rows for testing"
        data={[
          { value: 'official', label: 'Official' },
          { value: 'fraction', label: 'By share' },
        ]}
        value={problem.split ?? 'official'}
        onChange={(split) => {
          onChange(split === 'fraction' ? { ...plain, split } : plain);
        }}
      />
    </ControlRow>
  );
}
