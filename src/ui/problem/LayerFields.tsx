import { Checkbox, NativeSelect } from '@mantine/core';
import { useId } from 'react';
import { range } from '../../experiment/config';
import type { SimpleLayer } from '../../models/layers';
import { NumberBox } from '../controls/NumberBox';
import { useFault } from '../controls/use-fault';
import { omit } from '../omit';
import classes from './network.module.css';

interface LayerFieldsProps {
  readonly layer: SimpleLayer;
  /** Whose fields they are ("Layer 2"), for accessible names. */
  readonly name: string;
  readonly onChange: (layer: SimpleLayer) => void;
}

/** What can be set of a layer; nothing for most kinds. */
export function LayerFields({ layer, name, onChange }: LayerFieldsProps) {
  switch (layer.kind) {
    case 'dense':
      return (
        <Fields>
          <Count
            label="units"
            name={name}
            value={layer.units}
            most={16_384}
            onChange={(units) => {
              onChange({ ...layer, units });
            }}
          />
        </Fields>
      );
    case 'dropout':
      return (
        <Fields>
          <Amount
            label="rate"
            name={name}
            value={layer.rate}
            check={(rate) => (rate > 0 && rate < 1 ? undefined : 'The rate must be above 0 and below 1.')}
            onChange={(rate) => {
              onChange({ ...layer, rate });
            }}
          />
        </Fields>
      );
    case 'convolution':
      return (
        <Fields>
          <Count
            label="channels"
            name={name}
            value={layer.channels}
            most={1024}
            onChange={(channels) => {
              onChange({ ...layer, channels });
            }}
          />
          <NativeSelect
            size="xs"
            rightSectionWidth="1.5rem"
            className={classes['size'] ?? ''}
            aria-label={`${name}: size`}
            value={String(layer.size)}
            data={[
              { value: '3', label: '3 × 3' },
              { value: '1', label: '1 × 1' },
            ]}
            onChange={(event) => {
              onChange({ ...layer, size: event.currentTarget.value === '1' ? 1 : 3 });
            }}
          />
          <NativeSelect
            size="xs"
            rightSectionWidth="1.5rem"
            className={classes['stride'] ?? ''}
            aria-label={`${name}: stride`}
            value={String(layer.stride ?? 1)}
            data={[
              { value: '1', label: 'stride 1' },
              { value: '2', label: 'stride 2' },
            ]}
            onChange={(event) => {
              onChange(event.currentTarget.value === '2' ? { ...layer, stride: 2 } : omit(layer, 'stride'));
            }}
          />
          <Checkbox
            size="xs"
            label="bias"
            aria-label={`${name}: bias`}
            checked={layer.bias !== false}
            onChange={(event) => {
              onChange(event.currentTarget.checked ? omit(layer, 'bias') : { ...layer, bias: false });
            }}
          />
        </Fields>
      );
    default:
      return null;
  }
}

function Fields({ children }: { readonly children: React.ReactNode }) {
  return <div className={classes['fields']}>{children}</div>;
}

interface AmountProps {
  readonly label: string;
  readonly name: string;
  readonly value: number;
  readonly check: (value: number) => string | undefined;
  readonly onChange: (value: number) => void;
}

function Amount({ label, name, value, check, onChange }: AmountProps) {
  const [error, setError] = useFault(value);
  const errorId = useId();
  return (
    <>
      <span className={classes['amount']}>
        <NumberBox
          name={`${name}: ${label}`}
          value={value}
          check={check}
          onCommit={onChange}
          onError={setError}
          describedBy={error === undefined ? undefined : errorId}
        />
      </span>
      <span aria-hidden="true">{label}</span>
      {error !== undefined && (
        <p id={errorId} className={classes['fault']} role="alert">
          {error}
        </p>
      )}
    </>
  );
}

function Count({ most, ...props }: Omit<AmountProps, 'check'> & { readonly most: number }) {
  const valid = { min: 1, max: most };
  return (
    <Amount
      {...props}
      check={(value) =>
        Number.isInteger(value) && value >= 1 && value <= most
          ? undefined
          : `The number of ${props.label} must be a whole number, ${range(valid)}.`
      }
    />
  );
}
