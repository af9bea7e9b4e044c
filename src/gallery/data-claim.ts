/** What the claim about the user's data says before there are data to say it of. */
import type { Claim } from './types';

export const dataClaim: Pick<Claim, 'id' | 'title' | 'statement'> = {
  id: 'your-data',
  title: 'Batch sizes on your data',
  statement:
    'On a data set of your own the steps that SGD and MaSS take fall with the batch as exact theory expects: like 1/m at first, and hardly any more beyond m₂*.',
};
