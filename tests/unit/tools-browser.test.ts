import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { browserArgumentsFor } from '../../tools/browser-arguments.mjs';
import { findBrowser, installedPaths } from '../../tools/browser.mjs';
import { root } from '../../tools/dependencies.mjs';

/** A machine on which just these files exist. */
const machine = (
  platform: NodeJS.Platform,
  files: readonly string[],
  env: NodeJS.ProcessEnv = {},
  playwright?: string,
): Parameters<typeof findBrowser>[0] => ({
  platform,
  env,
  home: platform === 'darwin' ? '/Users/ada' : '/home/ada',
  exists: (path) => files.includes(path),
  playwright: () => Promise.resolve(playwright),
});

const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

describe('findBrowser', () => {
  it('takes CHROME_PATH before everything else', async () => {
    const files = ['/opt/my-chrome', '/usr/bin/google-chrome', '/cache/chrome'];
    const found = await findBrowser(machine('linux', files, { CHROME_PATH: '/opt/my-chrome' }, '/cache/chrome'));
    expect(found).toEqual({ path: '/opt/my-chrome', origin: 'CHROME_PATH' });
  });

  it('does not pass over a CHROME_PATH that is wrong', async () => {
    const files = ['/usr/bin/google-chrome'];
    await expect(findBrowser(machine('linux', files, { CHROME_PATH: '/typo' }))).rejects.toThrow(
      'CHROME_PATH is /typo, but there is no such file.',
    );
  });

  it('takes an installed browser before the one that Playwright has downloaded', async () => {
    const files = ['/usr/bin/chromium', '/cache/chrome'];
    expect(await findBrowser(machine('linux', files, {}, '/cache/chrome'))).toEqual({
      path: '/usr/bin/chromium',
      origin: 'installed',
    });
  });

  it('takes Chrome before Chromium, wherever on the path it is', async () => {
    const files = ['/usr/bin/chromium', '/home/ada/bin/google-chrome'];
    const found = await findBrowser(machine('linux', files, { PATH: '/usr/bin:/home/ada/bin' }));
    expect(found?.path).toBe('/home/ada/bin/google-chrome');
  });

  it('takes what Playwright has downloaded where nothing is installed, if it is really there', async () => {
    expect(await findBrowser(machine('linux', ['/cache/chrome'], {}, '/cache/chrome'))).toEqual({
      path: '/cache/chrome',
      origin: 'playwright',
    });
    expect(await findBrowser(machine('linux', [], {}, '/cache/chrome'))).toBeUndefined();
    expect(await findBrowser(machine('linux', [], {}))).toBeUndefined();
  });

  it('knows the places of macOS, for all users and for one', async () => {
    expect((await findBrowser(machine('darwin', [mac])))?.path).toBe(mac);
    expect((await findBrowser(machine('darwin', [`/Users/ada${mac}`])))?.path).toBe(`/Users/ada${mac}`);
  });

  it('knows the places of Windows', async () => {
    const env = { PROGRAMFILES: 'C:\\Program Files', LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' };
    const chrome = 'C:\\Users\\ada\\AppData\\Local\\Google\\Chrome\\Application\\chrome.exe';
    expect((await findBrowser(machine('win32', [chrome], env)))?.path).toBe(chrome);
    expect(installedPaths({ platform: 'win32', env: {}, home: 'C:\\Users\\ada' })).toEqual([]);
  });
});

describe('browserArgumentsFor', () => {
  it('switches off what Playwright does, which its own switch no longer tells', () => {
    const code = readFileSync(join(root, 'node_modules/playwright-core/lib/coreBundle.js'), 'utf8');
    const list = /\bdisabledFeatures = \[([^]*?)\n\s*\]/.exec(code)?.[1] ?? '';
    const playwrights = [...list.matchAll(/^\s*"(\w+)"/gm)].map(([, name]) => name);
    expect(playwrights.length).toBeGreaterThan(5);
    const ours = browserArgumentsFor({}, 'linux').filter((argument) => argument.startsWith('--disable-features='));
    expect(ours).toHaveLength(1);
    expect(ours[0]!.split('=')[1]!.split(',')).toEqual(expect.arrayContaining(playwrights));
  });

  it('asks for the software adapter unless told otherwise', () => {
    for (const env of [{}, { WEBGPU_ADAPTER: '' }, { WEBGPU_ADAPTER: 'swiftshader' }])
      expect(browserArgumentsFor(env, 'linux')).toContain('--use-webgpu-adapter=swiftshader');
  });

  it('leaves the adapter to the machine for "hardware"', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const switches = browserArgumentsFor({ WEBGPU_ADAPTER: 'hardware' }, platform);
      expect(switches.join(' ')).not.toContain('swiftshader');
      expect(switches).toContain('--enable-unsafe-webgpu');
    }
  });

  it('refuses any other word', () => {
    expect(() => browserArgumentsFor({ WEBGPU_ADAPTER: 'gpu' }, 'linux')).toThrow('is "gpu"');
  });
});
