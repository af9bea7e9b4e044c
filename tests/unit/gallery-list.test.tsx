import { MantineProvider } from '@mantine/core';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { claims } from '../../src/gallery/claims';
import { GalleryList, type ClaimBadge } from '../../src/ui/gallery/GalleryList';

const render = (badges: ReadonlyMap<string, ClaimBadge>): string =>
  renderToStaticMarkup(
    createElement(
      MantineProvider,
      null,
      createElement(GalleryList, { items: claims, badges, onOpen: () => undefined }),
    ),
  );

describe('GalleryList', () => {
  it('shows every claim with a button for each of its experiments', () => {
    const html = render(new Map());
    for (const { title, statement, documents } of claims) {
      expect(html).toContain(title);
      expect(html).toContain(statement);
      for (const document of documents()) expect(html).toContain(document.title);
    }
    expect(html.match(/<button/g)).toHaveLength(claims.flatMap((claim) => claim.documents()).length);
    expect(html).not.toMatch(/Held|Did not hold|Running/);
  });

  it('wears the badges it is given', () => {
    const html = render(
      new Map([
        [claims[0]!.id, 'failed' as const],
        [claims[1]!.id, 'held' as const],
      ]),
    );
    expect(html.match(/Did not hold/g)).toHaveLength(1);
    expect(html.match(/>Held</g)).toHaveLength(1);
  });
});
