import { lazy, Suspense } from 'react';

const Editor = lazy(() => import('./CodeEditor'));

interface Props {
  value: string;
  onChange: (value: string) => void;
  label: string;
  readOnly?: boolean;
}

/** An editor of YAML or JSON; loaded when it is first needed. */
export const YamlEditor = (props: Props) => <Suspense fallback={<div className="editor" role="status" aria-label="The editor is loading" style={{ minHeight: 180 }} />}><Editor {...props} /></Suspense>;
