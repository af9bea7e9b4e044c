import { Table } from '@mantine/core';
import { memo } from 'react';
import { expectedAt } from '../../experiment/curve-theory';
import { bandsOf } from '../../experiment/curves';
import { formatCount, formatLoss } from '../../export/figure/format';
import { formatMetric, metricName, metricNames } from '../../export/figure/metrics';
import type { ChartModel } from '../../export/figure/model';
import { lowerBound } from '../../export/figure/series';
import classes from './chart.module.css';
import { useSettled } from './use-settled';

const MAX_ROWS = 200;

/** The curves as numbers: median and 10–90 % band of every visible run at the recorded steps. */
export function DataTable({ model, theory }: { model: ChartModel; theory: boolean }) {
  return <Rows model={useSettled(model)} theory={theory} />;
}

const Rows = memo(function Rows({ model, theory }: { model: ChartModel; theory: boolean }) {
  const { series: shown, metric, metrics } = model;
  const steps = [...new Set(shown.flatMap(({ curve }) => curve.step))].sort((a, b) => a - b);
  const every = Math.ceil(steps.length / MAX_ROWS);
  const rows = steps.filter((_, k) => k % every === 0 || k === steps.length - 1);
  return (
    <div
      className={classes['table']}
      tabIndex={0}
      role="region"
      aria-label={`Table of ${metricNames(metric, metrics)}`}
    >
      <Table stickyHeader verticalSpacing={2} fz="xs">
        <Table.Caption>
          Median {metricName(metric, metrics)} (10 % – 90 % of the seeds)
          {theory && shown.some(({ curve }) => curve.theory.expected) ? ', below it the exact expectation E' : ''}
          {every > 1 ? `; every ${every}th of ${formatCount(steps.length)} recorded steps` : ''}
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Step</Table.Th>
            {shown.map(({ id, label }) => (
              <Table.Th key={id} scope="col">
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((step) => (
            <Table.Tr key={step}>
              <Table.Th scope="row" fw={400}>
                {formatCount(step)}
              </Table.Th>
              {shown.map(({ id, curve }) => {
                const i = lowerBound(curve.step.length, (k) => curve.step[k]!, step);
                const { median, low, high } = bandsOf(curve, metric);
                if (curve.step[i] !== step) return <Table.Td key={id} />;
                return (
                  <Table.Td key={id}>
                    {Number.isFinite(median[i]) ? formatMetric(metric, median[i]!) : 'diverged'}
                    {curve.lanes > 1 && Number.isFinite(median[i]) && (
                      <span className={classes['range']}>
                        {` (${formatMetric(metric, low[i]!, 2)} – ${formatMetric(metric, high[i]!, 2)})`}
                      </span>
                    )}
                    {theory && curve.theory.expected && (
                      <div className={classes['range']}>
                        E {formatLoss(expectedAt(curve.theory.expected, step) ?? Number.NaN)}
                      </div>
                    )}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
});
