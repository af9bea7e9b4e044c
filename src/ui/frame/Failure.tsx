import classes from './frame.module.css';

interface FailureProps {
  /** What it came to, a sentence. */
  readonly title: string;
  /** Why. */
  readonly children: string;
}

/** What went wrong, where its result would be. */
export function Failure({ title, children }: FailureProps) {
  return (
    <p className={classes['failure']} role="alert">
      <strong>{title}</strong> {children}
    </p>
  );
}
