import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import classes from './frame.module.css';

interface ErrorBoundaryProps {
  /** What fails when it fails: "The chart". */
  readonly place: string;
  readonly children: ReactNode;
}

interface ErrorBoundaryState {
  readonly error: Error | undefined;
}

/** Keeps a failure inside one part of the page and lets the user try it again. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: undefined };

  static getDerivedStateFromError(error: unknown): ErrorBoundaryState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className={classes['broken']} role="alert">
        <p>
          <strong>{this.props.place} could not be shown.</strong> {error.message}
        </p>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            this.setState({ error: undefined });
          }}
        >
          Try again
        </Button>
      </div>
    );
  }
}
