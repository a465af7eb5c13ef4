import { createTheme, type CSSVariablesResolver } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'harbour',
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 'sm',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Noto Sans Mono", "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.375rem', lineHeight: '1.3' }, h2: { fontSize: '0.9375rem', lineHeight: '1.4' }, h3: { fontSize: '0.875rem', lineHeight: '1.4' } } },
  colors: {
    harbour: ['#eaf6f7', '#d3ebed', '#a5d6da', '#74c0c6', '#4cacb4', '#2f98a1', '#1f8089', '#1d6a72', '#16555c', '#0e4147'],
    dark: ['#d5dadf', '#a9b2ba', '#8b959f', '#626d78', '#3f4953', '#313a43', '#252d35', '#1b2229', '#141a20', '#0e1318'],
  },
  components: {
    Button: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false } },
    Modal: { defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' } } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Anchor: { defaultProps: { underline: 'hover' } },
  },
});

// Small grey text has to be read by everybody: 4.5 to 1 on every surface it is used on.
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#57606a', '--mantine-color-placeholder': '#6a737d', '--mantine-color-body': '#ffffff', '--mantine-color-error': '#b42318',
    '--mantine-color-anchor': '#1d6a72', '--hf-canvas': '#f4f6f7', '--hf-line': '#dde2e6', '--hf-raised': '#ffffff', '--hf-sunk': '#f7f9fa',
  },
  dark: {
    '--mantine-color-dimmed': '#a3adb7', '--mantine-color-placeholder': '#939da7', '--mantine-color-body': '#1b2229', '--mantine-color-error': '#ff9d94',
    '--mantine-color-anchor': '#74c0c6', '--hf-canvas': '#12171c', '--hf-line': '#313a43', '--hf-raised': '#1b2229', '--hf-sunk': '#171d23',
  },
});
