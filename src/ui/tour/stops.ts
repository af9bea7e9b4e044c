import type { TourSetting } from '../../state/tour-store';

export interface TourStop extends TourSetting {
  readonly title: string;
  /** Two sentences: what this is, and what to look at. */
  readonly text: string;
  /** Selector of the part of the page that it is about. */
  readonly target: string;
}

const CHART = 'figure[aria-label="Race of the optimizers"] .recharts-wrapper';

export const stops: readonly TourStop[] = [
  {
    title: 'A race of five optimizers',
    text: 'All start at the same place and see the same minibatches, once per seed. The line is the median seed and the band holds the middle 80 %: MaSS falls fastest, and Nesterov breaks away.',
    place: 'race',
    target: CHART,
  },
  {
    title: 'Nesterov diverges',
    text: 'Here 512 seeds run at SGD’s own step size: plain SGD converges, Nesterov’s momentum does not. Under the finished curves a badge says whether the paper’s claim held, with every check behind it.',
    place: 'race',
    document: 'nesterov-diverges',
    target: CHART,
  },
  {
    title: 'MaSS accelerates',
    text: 'The same step size on Gaussian data, SGD against MaSS. Compare the slopes, and the dashed lines: exact expectations, worked out while the lanes run.',
    place: 'race',
    document: 'mass-accelerates-gaussian',
    target: CHART,
  },
  {
    title: 'One more term',
    text: 'MaSS is Nesterov’s update plus η₂ times the gradient: this compensation is all the difference. The equations show each run with its own numbers; drag a slider and they follow.',
    place: 'race',
    target: 'section[aria-labelledby="equations-heading"]',
  },
  {
    title: 'No setting saves it',
    text: 'A sweep runs every pair of two parameters and paints how fast each converges. Run one: Nesterov’s map stays pale where that of MaSS is deep.',
    place: 'sweep',
    target: 'section',
  },
  {
    title: 'How large a batch pays',
    text: 'Speed against batch size, for a problem with three regimes: doubling the batch halves the steps, then saves less, then nothing. The sentence above the chart says where that happens.',
    place: 'batch',
    document: 'three-regimes-linear',
    target: 'section',
  },
  {
    title: 'Every claim, tested here',
    text: 'The gallery lists what the paper claims, with the experiments that could prove it wrong. Run one and see the verdict; one undo brings back the experiment that you had before the tour.',
    place: 'gallery',
    target: '#gallery-heading',
  },
];
