import { NativeSelect, Pagination, Table } from '@mantine/core';
import { useState } from 'react';
import { axisValueText } from '../../export/sweep/axis';
import { batchAt, outcomeAt, type SweepData } from '../../export/sweep/data';
import { cellState, cellText, type Metric } from '../../export/sweep/metrics';
import classes from './sweep.module.css';

/** Rows at a time: a whole map of 64 × 64 would hold the page up. */
const ROWS = 16;

/** One map as numbers, the y axis upwards as in the picture. */
export function SweepTable({ data, metric }: { readonly data: SweepData; readonly metric: Metric }) {
  const [chosen, setChosen] = useState(0);
  const [page, setPage] = useState(1);
  const map = Math.min(chosen, data.maps.length - 1);
  const rows = data.y.values.length;
  const pages = Math.ceil(rows / ROWS);
  const first = (Math.min(page, pages) - 1) * ROWS;
  const shown = Array.from({ length: Math.min(ROWS, rows - first) }, (_, k) => rows - 1 - first - k);
  if (map < 0) return null;
  return (
    <div className={classes['numbersView']}>
      <div className={classes['tableBar']}>
        <NativeSelect
          size="xs"
          aria-label="Map shown as a table"
          value={String(map)}
          data={data.maps.map(({ label }, k) => ({ value: String(k), label }))}
          onChange={(event) => {
            setChosen(Number(event.currentTarget.value));
          }}
        />
        {pages > 1 && (
          <Pagination
            size="xs"
            total={pages}
            value={Math.min(page, pages)}
            onChange={setPage}
            getItemProps={(number) => ({ 'aria-label': `Rows, part ${number}` })}
            getControlProps={(control) => ({ 'aria-label': `Rows, ${control} part` })}
          />
        )}
      </div>
      <div className={classes['table']} tabIndex={0} role="region" aria-label={`Table of ${data.maps[map]!.label}`}>
        <Table verticalSpacing={2} horizontalSpacing={8} fz="xs" withRowBorders={false}>
          <Table.Caption>{`${metric.title(data.sweep.tolerance)}. Columns: ${data.x.title}; rows: ${data.y.title}`}</Table.Caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">
                {data.y.symbol} \ {data.x.symbol}
              </Table.Th>
              {data.x.values.map((value) => (
                <Table.Th key={value} scope="col">
                  {axisValueText(data.x, value)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((y) => (
              <Table.Tr key={y}>
                <Table.Th scope="row">{axisValueText(data.y, data.y.values[y]!)}</Table.Th>
                {data.x.values.map((value, x) => {
                  const place = { map, x, y };
                  const outcome = outcomeAt(data, place);
                  const state = cellState(outcome, metric, batchAt(data, place));
                  return (
                    <Table.Td key={value} data-kind={state.kind}>
                      {cellText(state, metric, outcome)}
                      {state.kind !== 'diverged' && outcome && outcome.diverged > 0 && (
                        <span className={classes['part']}>{` (${outcome.diverged} of ${outcome.lanes} diverged)`}</span>
                      )}
                    </Table.Td>
                  );
                })}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </div>
  );
}
