import { Table } from '@mantine/core';
import { formatLoss } from '../../export/figure/format';
import type { Check, Estimate } from '../../gallery/types';
import classes from './check-table.module.css';
import { stripOf } from './strip';

/** Every measured number beside the predicted one, as text and as a picture. */
export function CheckTable({ checks, name }: { readonly checks: readonly Check[]; readonly name: string }) {
  return (
    <div className={classes['table']} tabIndex={0} role="region" aria-label={`Checks of “${name}”`}>
      <Table verticalSpacing={4} fz="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">What is checked</Table.Th>
            <Table.Th scope="col">Measured (99 % interval)</Table.Th>
            <Table.Th scope="col">Predicted, or bound</Table.Th>
            <Table.Td aria-hidden="true" />
            <Table.Th scope="col">Must be</Table.Th>
            <Table.Th scope="col">Held</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {checks.map((check) => (
            <Table.Tr key={check.label} data-held={check.held}>
              <Table.Th scope="row">
                {check.label}
                {check.note && <span className={classes['note']}>{check.note}</span>}
              </Table.Th>
              <Table.Td className={classes['number'] ?? ''}>{estimateText(check.measured)}</Table.Td>
              <Table.Td className={classes['number'] ?? ''}>{formatLoss(check.predicted, 4)}</Table.Td>
              <Table.Td aria-hidden="true">
                <Strip check={check} />
              </Table.Td>
              <Table.Td className={classes['criterion'] ?? ''}>{check.criterion}</Table.Td>
              <Table.Td>{check.held ? 'yes' : <strong className={classes['bad']}>no</strong>}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function estimateText(estimate: Estimate | undefined): string {
  if (!estimate) return 'not measured';
  const { value, low, high } = estimate;
  const text = formatLoss(value, 4);
  return low === high ? text : `${text} (${formatLoss(low, 4)} – ${formatLoss(high, 4)})`;
}

const WIDTH = 104;
const HEIGHT = 18;

/** The interval and its middle, against the prediction as a line. */
function Strip({ check }: { readonly check: Check }) {
  const strip = stripOf(check, WIDTH);
  if (!strip) return null;
  const { predicted, value, low, high } = strip;
  const middle = HEIGHT / 2;
  return (
    <svg className={classes['strip']} width={WIDTH} height={HEIGHT} data-held={check.held}>
      <line className={classes['ground']} x1={0} x2={WIDTH} y1={middle} y2={middle} />
      <line className={classes['predicted']} x1={predicted} x2={predicted} y1={1} y2={HEIGHT - 1} />
      <line className={classes['interval']} x1={low} x2={high} y1={middle} y2={middle} />
      <circle cx={value} cy={middle} r={3.25} />
    </svg>
  );
}
