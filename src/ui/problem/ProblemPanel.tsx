import { NativeSelect } from '@mantine/core';
import { numberText } from '../controls/number-text';
import { problemOf, problems, type ProblemConfig, type ProblemKind } from '../../problems/registry';
import { experimentStore, useExperiment } from '../../state/experiment-store';
import { withNetwork, withNetworkEdit } from '../../state/network-defaults';
import { useSession } from '../../state/session-store';
import { criticalBatches, isComplete } from '../../theory/spectral';
import { Tex } from '../controls/Tex';
import { DataPanel } from './DataPanel';
import { GaussianRows } from './GaussianRows';
import { KernelPanel } from './KernelPanel';
import { NetworkPanel } from './NetworkPanel';
import { SpectrumEditor } from './SpectrumEditor';
import classes from './problem.module.css';

/** What is minimised. */
export function ProblemPanel() {
  const problem = useExperiment((state) => state.config.problem);
  const { edit } = experimentStore.getState();
  const definition = problemOf(problem.kind);

  const set = (next: ProblemConfig, gesture?: string) =>
    edit(
      (config) => (next.kind === 'network' ? withNetworkEdit(config, next) : { ...config, problem: next }),
      gesture === undefined ? {} : { gesture: `problem.${gesture}` },
    )?.message;

  return (
    <section aria-labelledby="problem-heading" className={classes['panel']}>
      <h2 id="problem-heading">Problem</h2>
      <NativeSelect
        aria-label="Problem"
        value={problem.kind}
        data={problems.map(({ kind, label }) => ({ value: kind, label }))}
        onChange={(event) => {
          const kind = event.currentTarget.value as ProblemKind;
          if (kind === 'network') edit((config) => withNetwork(config));
          else set(initialProblem(kind));
        }}
      />
      <p className={classes['summary']}>{definition.summary}</p>
      {problem.kind === 'component-decoupled' && (
        <SpectrumEditor
          symbol="\sigma_j^2"
          name="variances"
          spectrum={problem.variances}
          onChange={(variances, gesture) => set({ ...problem, variances }, gesture)}
        />
      )}
      {problem.kind === 'gaussian' && (
        <>
          <SpectrumEditor
            symbol="\lambda_j"
            name="eigenvalues"
            spectrum={problem.spectrum}
            onChange={(spectrum, gesture) => set({ ...problem, spectrum }, gesture)}
          />
          <GaussianRows rows={problem.rows} onChange={(rows, gesture) => set({ ...problem, rows }, gesture)} />
        </>
      )}
      {problem.kind === 'linear-regression' && <DataPanel problem={problem} onChange={set} />}
      {problem.kind === 'kernel-regression' && <KernelPanel problem={problem} onChange={set} />}
      {problem.kind === 'network' && <NetworkPanel problem={problem} onChange={set} />}
      <Constants />
    </section>
  );
}

function initialProblem(kind: ProblemKind): ProblemConfig {
  return structuredClone(problems.find((problem) => problem.kind === kind)!.default);
}

/** The spectral constants that step sizes and rates follow from. */
function Constants() {
  const objective = useSession((state) => state.objective);
  if (!objective) return null;
  const { constants } = objective;
  const critical = constants && isComplete(constants) ? criticalBatches(constants) : undefined;
  const values: (readonly [symbol: string, label: string, value: number | undefined])[] = [
    [
      'd',
      objective.parameters === undefined ? 'dimension' : 'trainable parameters',
      objective.parameters ?? objective.dimension,
    ],
    ['n', objective.testRows === undefined ? 'stored rows' : 'training rows', objective.rows],
    ['n_{test}', 'test rows', objective.testRows],
    ['L', 'largest eigenvalue of the Hessian', constants?.L],
    ['\\mu', 'smallest positive eigenvalue of the Hessian', constants?.mu],
    [constants?.L1IsBound ? 'L_1\\le' : 'L_1', 'smoothness at batch 1', constants?.L1],
    ['\\tilde\\kappa', 'statistical condition number', constants?.kappaTilde],
    ['m_1^*', 'batch up to which speed grows in proportion', critical?.m1],
    ['m_2^*', 'batch beyond which nothing is gained', critical?.m2],
  ];
  return (
    <dl className={classes['constants']} aria-label="Constants of the problem">
      {values.map(([symbol, label, value]) =>
        value === undefined ? null : (
          <div key={symbol} title={`${label}: ${value}`}>
            <dt>
              <Tex>{symbol}</Tex>
              <span className="visually-hidden">{label}</span>
            </dt>
            <dd>{numberText(value, 3)}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
