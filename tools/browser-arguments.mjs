/** The Chromium switches that tests, benchmarks and the command line share. */

/** What Playwright switches off. A second list of a switch takes the place of the first, so that ours must repeat it. */
const playwrightsOwn = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'TcpPortRandomizationWin',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
  'msForceBrowserSignIn',
  'msEdgeUpdateLaunchServicesPreferredVersion',
];
/** Two pages behind the address bar, which nobody sees here, but which every window loads: as much work as half a page of ours. */
const addressBar = ['WebUIOmniboxPopup', 'WebUIOmniboxFullPopup', 'WebUIOmniboxAimPopup'];

/**
 * Switches that give WebGPU without a window and keep the browser off the network.
 *
 * By default WebGPU runs in software (SwiftShader): the same on every machine, and there on one without a GPU.
 * `WEBGPU_ADAPTER=hardware` asks for the machine's own GPU instead.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @returns {string[]}
 * @throws {Error} where WEBGPU_ADAPTER is neither `swiftshader` nor `hardware`
 */
export function browserArgumentsFor(env, platform) {
  const adapter = env['WEBGPU_ADAPTER'] || 'swiftshader';
  if (adapter !== 'swiftshader' && adapter !== 'hardware')
    throw new Error(`WEBGPU_ADAPTER must be "swiftshader" or "hardware", is "${adapter}".`);
  return [
    '--no-sandbox',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--disable-features=${[...playwrightsOwn, ...addressBar].join(',')}`,
    '--enable-unsafe-webgpu',
    ...(adapter === 'swiftshader'
      ? ['--use-webgpu-adapter=swiftshader']
      : // Headless Chromium on Linux leaves the GPU alone unless it is told to use Vulkan.
        platform === 'linux'
        ? ['--enable-features=Vulkan', '--use-angle=vulkan', '--disable-vulkan-surface']
        : []),
  ];
}

/** The switches for this process's environment. */
export const browserArguments = browserArgumentsFor(process.env, process.platform);
