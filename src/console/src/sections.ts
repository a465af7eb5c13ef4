import * as icons from './parts/icons';

export interface PageEntry {
  to: string;
  text: string;
  icon: typeof icons.HomeIcon;
  /** Left out where the service has no such operation. */
  needs?: string;
}

/** The navigation. */
export const sections: { title: string; pages: PageEntry[] }[] = [
  {
    title: '',
    pages: [
      { to: '/', text: 'Overview', icon: icons.HomeIcon },
      { to: '/alerts', text: 'Alerts', icon: icons.AlertsIcon, needs: 'GET /alerts' },
    ],
  },
  {
    title: 'Cluster',
    pages: [
      { to: '/cluster', text: 'Picture', icon: icons.ClusterIcon, needs: 'GET /cluster' },
      { to: '/roles', text: 'Roles', icon: icons.RolesIcon, needs: 'GET /cluster' },
      { to: '/nodes', text: 'Nodes', icon: icons.NodesIcon, needs: 'GET /cluster' },
      { to: '/machines', text: 'Machines', icon: icons.MachinesIcon, needs: 'GET /machines' },
    ],
  },
  {
    title: 'Protection',
    pages: [
      { to: '/things', text: 'Protected things', icon: icons.ThingsIcon, needs: 'GET /things' },
      { to: '/policies', text: 'Policies', icon: icons.PoliciesIcon, needs: 'GET /policies' },
      { to: '/jobs', text: 'Jobs', icon: icons.JobsIcon, needs: 'GET /jobs' },
      { to: '/schedules', text: 'Schedules', icon: icons.SchedulesIcon, needs: 'GET /schedulers' },
      { to: '/snapshots', text: 'Snapshots', icon: icons.SnapshotsIcon, needs: 'GET /snapshots' },
      { to: '/vaults', text: 'Vaults', icon: icons.VaultIcon, needs: 'GET /vaults' },
    ],
  },
  {
    title: 'History',
    pages: [
      { to: '/charts', text: 'Charts', icon: icons.ChartsIcon, needs: 'GET /charts/{kind}' },
      { to: '/events', text: 'Events', icon: icons.EventsIcon, needs: 'GET /events' },
      { to: '/audit', text: 'Audit', icon: icons.AuditIcon, needs: 'GET /audit' },
    ],
  },
  {
    title: 'Administration',
    pages: [
      { to: '/approvals', text: 'Approvals', icon: icons.ApprovalsIcon, needs: 'GET /approvals' },
      { to: '/people', text: 'People and tokens', icon: icons.PeopleIcon, needs: 'GET /people' },
      { to: '/settings', text: 'Settings', icon: icons.SettingsIcon, needs: 'GET /settings' },
    ],
  },
];
