import { useThrottledValue } from '@mantine/hooks';
import type { ChartModel } from '../../export/figure/model';

/** How often text and table follow a running race, ms. */
const INTERVAL = 500;

/** The chart as text and table show it: losses that change at every frame cannot be read. */
export const useSettled = (model: ChartModel): ChartModel => useThrottledValue(model, INTERVAL);
