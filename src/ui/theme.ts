/** The page's looks: ink on paper, one accent, and colour left to the data. */
import { ActionIcon, createTheme, Menu, NativeSelect, Popover, Tooltip, type MantineColorsTuple } from '@mantine/core';

const accent: MantineColorsTuple = [
  '#f0efff',
  '#dedcfb',
  '#bab6f5',
  '#9992ee',
  '#7d74e6',
  '#675ddc',
  '#574ccf',
  '#4a40b6',
  '#3f379d',
  '#332c82',
];

/** Greys with a little blue in them; Mantine takes body, borders and hovers of the dark scheme from here. */
const dark: MantineColorsTuple = [
  '#e8ecf1',
  '#c3cad3',
  '#98a3b1',
  '#6b7684',
  '#363d47',
  '#2a3038',
  '#1c2026',
  '#15181d',
  '#0e1013',
  '#090a0c',
];

const gray: MantineColorsTuple = [
  '#f6f7f9',
  '#eff1f4',
  '#e3e6ea',
  '#d5dae0',
  '#c3cad3',
  '#98a3b1',
  '#6b7684',
  '#4a525e',
  '#333a44',
  '#1c232b',
];

const systemFont =
  'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI Variable Text", "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif';

export const theme = createTheme({
  colors: { accent, dark, gray },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 5 },
  autoContrast: true,
  black: '#1c232b',
  fontFamily: systemFont,
  headings: { fontFamily: systemFont, fontWeight: '600' },
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray' } }),
    NativeSelect: NativeSelect.extend({ defaultProps: { size: 'xs' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, withArrow: false, transitionProps: { duration: 80 } } }),
    // The placeholder is a menu's child that is no menu item.
    Menu: Menu.extend({
      defaultProps: { withInitialFocusPlaceholder: false, shadow: 'md', transitionProps: { duration: 80 } },
    }),
    Popover: Popover.extend({ defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } }),
  },
});
