import { Button, Progress } from '@mantine/core';
import { formatCount } from '../../export/figure/format';
import type { ExperimentConfig } from '../../experiment/config';
import type { Claim, GalleryDocument, LargerDocument } from '../../gallery/types';
import type { ClaimOutcome, GalleryState } from '../../state/gallery-store';
import { Failure } from '../frame/Failure';
import { ClaimBadge, standingOf, type ClaimStanding } from './ClaimBadge';
import { aboutText, rateText } from './estimate';
import classes from './gallery.module.css';
import { VerdictView } from './VerdictView';
import { why } from './why';

export interface ClaimCardProps {
  readonly claim: Pick<Claim, 'id' | 'title' | 'statement' | 'larger'>;
  /** Undefined until they are known. */
  readonly documents: readonly GalleryDocument[] | undefined;
  readonly outcome: ClaimOutcome | undefined;
  readonly running: GalleryState['running'];
  readonly waiting: boolean;
  /** Whether it takes the whole width. */
  readonly wide: boolean;
  /** Multiply-adds per second of this machine on networks, where it was measured. */
  readonly networkRate: number | undefined;
  readonly onRun: () => void;
  readonly onStop: () => void;
  readonly onOpen: (document: GalleryDocument) => void;
}

/** One claim: what it says, its experiments, and what came of them. */
export function ClaimCard({
  claim,
  documents,
  outcome,
  running,
  waiting,
  wide,
  networkRate,
  onRun,
  onStop,
  onOpen,
}: ClaimCardProps) {
  const { id, title, statement } = claim;
  const own = running?.claim === id ? running : undefined;
  const standing: ClaimStanding | undefined = own
    ? 'running'
    : waiting
      ? 'waiting'
      : outcome && (outcome.kind === 'judged' ? standingOf(outcome.verdict) : 'broken');
  return (
    <li className={classes['card']} data-claim={id} data-wide={wide} data-found={outcome !== undefined}>
      <header>
        <h3>{title}</h3>
        {standing && <ClaimBadge standing={standing} />}
      </header>
      <div className={classes['body']}>
        <div className={classes['claim']}>
          <p>{statement}</p>
          {why[id] && <p className={classes['quiet']}>{why[id]}</p>}
          <DocumentList label={`Experiments of “${title}”`} documents={documents} onOpen={onOpen} />
          {claim.larger && (
            <details>
              <summary>Larger sizes, up to the paper’s</summary>
              <p className={classes['quiet']}>{rateText(networkRate)}</p>
              <DocumentList
                label={`Larger sizes of “${title}”`}
                documents={claim.larger()}
                networkRate={networkRate}
                onOpen={onOpen}
              />
            </details>
          )}
          <div className={classes['run']}>
            {own ? (
              <Button size="xs" variant="default" onClick={onStop}>
                Stop
              </Button>
            ) : (
              <Button
                size="xs"
                variant="light"
                disabled={!documents || waiting}
                aria-label={`Run the claim “${title}”`}
                onClick={onRun}
              >
                {outcome ? 'Run again' : 'Run the claim'}
              </Button>
            )}
            {own && (
              <div className={classes['progress']}>
                <Progress value={100 * (own.progress?.fraction ?? 0)} size="sm" aria-label={`Progress of “${title}”`} />
                <span>{doingText(own.progress, documents)}</span>
              </div>
            )}
          </div>
        </div>
        {outcome?.kind === 'failed' && <Failure title="The claim could not be judged.">{outcome.message}</Failure>}
        {outcome?.kind === 'judged' && <VerdictView verdict={outcome.verdict} name={title} />}
      </div>
    </li>
  );
}

interface DocumentListProps {
  readonly label: string;
  readonly documents: readonly (GalleryDocument | LargerDocument)[] | undefined;
  readonly networkRate?: number | undefined;
  readonly onOpen: (document: GalleryDocument) => void;
}

function DocumentList({ label, documents, networkRate, onOpen }: DocumentListProps) {
  return (
    <ul className={classes['documents']} aria-label={label}>
      {documents?.map((document) => (
        <li key={document.id}>
          <span>
            {document.title}
            <small>
              {sizeText(document.config)}
              {'work' in document && networkRate !== undefined && ` · ${aboutText(document.work / networkRate)}`}
            </small>
            {'needs' in document && <small>{document.needs}</small>}
          </span>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Open “${document.title}” in the race`}
            onClick={() => {
              onOpen(document);
            }}
          >
            Open
          </Button>
        </li>
      ))}
    </ul>
  );
}

function sizeText({ runs, seeds, steps }: ExperimentConfig): string {
  const count = (n: number, one: string) => `${formatCount(n)} ${n === 1 ? one : `${one}s`}`;
  return `${count(runs.length, 'run')} × ${count(seeds, 'seed')} × ${count(steps, 'step')}`;
}

function doingText(
  progress: NonNullable<GalleryState['running']>['progress'],
  documents: readonly GalleryDocument[] | undefined,
): string {
  if (documents?.length === 0) return 'Working out exact theory';
  if (!progress) return 'Opening the engine';
  if (progress.fraction >= 1) return 'Judging';
  return `Experiment ${progress.document + 1} of ${progress.documents}`;
}
