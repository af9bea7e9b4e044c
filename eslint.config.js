import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Folders of src/ in the order of the layers: a folder may import only from those before it (and itself). */
const layers = [
  'random',
  'gpu',
  'optimizers',
  'data',
  'models',
  'problems',
  'theory',
  'experiment',
  'gallery',
  'engine',
  'worker',
  'headless',
  'export',
  'state',
  'ui',
];

const layerRules = layers.slice(0, -1).map((layer, k) => ({
  files: [`src/${layer}/**/*.{ts,tsx}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: layers.slice(k + 1).flatMap((above) => [`**/${above}/*`, `**/${above}`]),
            message: `src/${layer} may not import from a layer above it.`,
          },
          ...(k < layers.indexOf('export')
            ? [
                {
                  group: ['react', 'react-dom', 'react-dom/*', 'zustand', 'zustand/*', 'recharts', '@mantine/*'],
                  message: 'The engine knows no user interface.',
                },
              ]
            : []),
        ],
      },
    ],
    ...(k < layers.indexOf('worker')
      ? { 'no-restricted-globals': ['error', 'document', 'window', 'localStorage', 'sessionStorage', 'HTMLElement'] }
      : {}),
  },
}));

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'test-results', 'playwright-report', 'coverage', '.cache'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Typed-array arithmetic under noUncheckedIndexedAccess needs `a[i]!`.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    languageOptions: { globals: { ...globals.browser, ...globals.worker } },
  },
  { files: ['src/**/*.tsx'], ...reactHooks.configs.flat['recommended-latest'] },
  {
    files: ['tools/**', 'bench/**', 'tests/**', '*.config.*'],
    rules: { 'no-console': 'off' },
    languageOptions: { globals: globals.node },
  },
  ...layerRules,
);
