import { describe, expect, it } from 'vitest';
import { bundle } from '../../tools/experiment/server';

describe('bundle', () => {
  it('holds the page that is asked for, and none of the site’s', async () => {
    const files = [...(await bundle('src/headless/index.html')).keys()];
    expect(files.filter((file) => file.endsWith('.html'))).toEqual(['/src/headless/index.html']);
    // The site would bring its fonts and styles.
    expect(files.filter((file) => !/\.(html|js)$/.test(file))).toEqual([]);
  });
});
