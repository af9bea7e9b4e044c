import katex from 'katex';
import { memo } from 'react';

const rendered = new Map<string, string>();
const CACHE = 500;

interface TexProps {
  readonly children: string;
  readonly display?: boolean;
  readonly className?: string;
  /** Also for screen readers; off where the words stand beside it. */
  readonly spoken?: boolean;
}

/** A formula. The text must come from the program itself, never from a user. */
export const Tex = memo(function Tex({ children, display = false, className, spoken = false }: TexProps) {
  const key = `${display ? 'd' : 'i'}${spoken ? 's' : 'q'}${children}`;
  let html = rendered.get(key);
  if (html === undefined) {
    html = katex.renderToString(children, {
      displayMode: display,
      throwOnError: false,
      output: spoken ? 'htmlAndMathml' : 'html',
    });
    // Numbers change while a slider is dragged: the cache must not keep every one of them.
    if (rendered.size >= CACHE) rendered.clear();
    rendered.set(key, html);
  }
  return <span className={className} aria-hidden={!spoken} dangerouslySetInnerHTML={{ __html: html }} />;
});
