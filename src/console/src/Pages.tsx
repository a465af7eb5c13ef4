import { lazy, type ComponentType } from 'react';
import { match, usePlace } from './parts/router';
import { PageFrame } from './parts/PageFrame';
import { Link } from './parts/router';
import { Overview } from './pages/Overview';

type Names = Record<string, string>;
type PageOf = ComponentType<Names & { [name: string]: string }>;

const page = <K extends string>(load: () => Promise<Record<K, ComponentType<never>>>, name: K) =>
  lazy(async () => ({ default: (await load())[name] as unknown as PageOf }));

const routes: [string, PageOf][] = [
  ['/cluster', page(() => import('./pages/Cluster'), 'Cluster')],
  ['/roles', page(() => import('./pages/Roles'), 'Roles')],
  ['/new-role', page(() => import('./pages/RoleEdit'), 'RoleEdit')],
  ['/roles/:role', page(() => import('./pages/Role'), 'Role')],
  ['/roles/:role/edit', page(() => import('./pages/RoleEdit'), 'RoleEdit')],
  ['/nodes', page(() => import('./pages/Nodes'), 'Nodes')],
  ['/nodes/:node', page(() => import('./pages/Node'), 'Node')],
  ['/machines', page(() => import('./pages/Machines'), 'Machines')],
  ['/machines/:machine', page(() => import('./pages/Machine'), 'Machine')],
  ['/things', page(() => import('./pages/Things'), 'Things')],
  ['/policies', page(() => import('./pages/Policies'), 'Policies')],
  ['/new-policy', page(() => import('./pages/PolicyEdit'), 'PolicyEdit')],
  ['/policies/:policy', page(() => import('./pages/PolicyEdit'), 'PolicyEdit')],
  ['/jobs', page(() => import('./pages/Jobs'), 'Jobs')],
  ['/jobs/:job', page(() => import('./pages/Job'), 'Job')],
  ['/operations/:id', page(() => import('./pages/OperationPage'), 'OperationPage')],
  ['/schedules', page(() => import('./pages/Schedules'), 'Schedules')],
  ['/snapshots', page(() => import('./pages/Snapshots'), 'Snapshots')],
  ['/restore/:vault/:snapshot', page(() => import('./pages/Restore'), 'Restore')],
  ['/find', page(() => import('./pages/Find'), 'Find')],
  ['/restore-database/:vault', page(() => import('./pages/RestoreDatabase'), 'RestoreDatabase')],
  ['/vaults', page(() => import('./pages/Vaults'), 'Vaults')],
  ['/alerts', page(() => import('./pages/Alerts'), 'Alerts')],
  ['/charts', page(() => import('./pages/Charts'), 'Charts')],
  ['/events', page(() => import('./pages/Events'), 'Events')],
  ['/audit', page(() => import('./pages/Audit'), 'Audit')],
  ['/approvals', page(() => import('./pages/Approvals'), 'Approvals')],
  ['/people', page(() => import('./pages/People'), 'People')],
  ['/settings', page(() => import('./pages/Settings'), 'Settings')],
];

/** The page that the address names. */
export function Pages() {
  const { path } = usePlace();
  if (path === '/') return <Overview />;
  for (const [pattern, Page] of routes) {
    const names = match(pattern, path);
    if (names) return <Page key={path} {...names} />;
  }
  return <PageFrame title="No such page"><p>There is nothing at <span className="mono">{path}</span>. <Link to="/">Go to the overview.</Link></p></PageFrame>;
}
