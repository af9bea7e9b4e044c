import { Table } from '@mantine/core';
import { formatCount, formatLoss } from '../../export/figure/format';
import { optimizerOf } from '../../optimizers/registry';
import type { BatchState } from '../../state/batch-store';
import classes from './batch.module.css';
import { inUnit, type SpeedUnit } from '../../export/figure/batch';

/** The points of the chart as numbers. */
export function BatchTable({ state, unit }: { state: BatchState; unit: SpeedUnit }) {
  const rows = [...state.measured.map((point) => ({ ...point, type: 'measured' as const })), ...state.unmeasured].sort(
    (a, b) => a.batch - b.batch,
  );
  const exact = new Map(state.exact.map((point) => [`${point.optimizer} ${point.batch}`, point.speed]));
  if (rows.length === 0) return null;
  return (
    <details>
      <summary>Measured speeds as a table</summary>
      <div className={classes['table']} tabIndex={0} role="region" aria-label="Table of measured speeds">
        <Table verticalSpacing={2} fz="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Batch</Table.Th>
              <Table.Th scope="col">Optimizer</Table.Th>
              <Table.Th scope="col">Measured per {unit} (95 %)</Table.Th>
              <Table.Th scope="col">Exact</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => {
              const { optimizer, batch } = row;
              const theory = exact.get(`${optimizer} ${batch}`);
              const text = (speed: number) => formatLoss(inUnit(speed, batch, unit));
              return (
                <Table.Tr key={`${optimizer} ${batch}`}>
                  <Table.Th scope="row">{formatCount(batch)}</Table.Th>
                  <Table.Td>{optimizerOf(optimizer).label}</Table.Td>
                  <Table.Td>
                    {row.type === 'measured' ? `${text(row.speed)} (${text(row.low)} – ${text(row.high)})` : row.reason}
                  </Table.Td>
                  <Table.Td>{theory === undefined ? '–' : text(theory)}</Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </div>
    </details>
  );
}
