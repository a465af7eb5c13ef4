export interface PropertyField {
  name: string;
  label: string;
  help?: string;
  required?: boolean;
  /** command: one line, split into words. list: separated by commas. choice: one of these. */
  kind?: 'command' | 'list';
  choices?: string[];
  example?: string;
}

/** What the guided form asks for each type. Everything else a type can have is in the text; the service checks both alike. */
export const resourceTypes: { type: string; text: string; fields: PropertyField[] }[] = [
  { type: 'process', text: 'Program', fields: [
    { name: 'command', label: 'Command', kind: 'command', required: true, example: '/usr/sbin/nginx -g "daemon off;"', help: 'The program and its arguments; it must stay in the foreground.' },
    { name: 'user', label: 'Account', example: 'nobody', help: 'The default is nobody; write root to run as root.' },
    { name: 'directory', label: 'Working directory', example: '/' },
  ] },
  { type: 'service', text: 'Service of systemd', fields: [{ name: 'service', label: 'Service', required: true, example: 'nginx', help: 'It must not be enabled: the cluster starts it.' }] },
  { type: 'ip-address', text: 'Virtual address', fields: [
    { name: 'address', label: 'Address with prefix length', required: true, example: '10.0.0.100/24' },
    { name: 'interface', label: 'Interface', help: 'The default is the one that has an address in the same subnet.' },
  ] },
  { type: 'disk', text: 'Shared disk', fields: [
    { name: 'device', label: 'Device', required: true, example: 'UUID=…', help: 'UUID=…, a path under /dev, or an image file.' },
    { name: 'target', label: 'Mounted on', required: true, example: '/srv/data' },
    { name: 'fence', label: 'After an owner was lost', choices: ['operator', 'lease'], help: 'operator waits for somebody to confirm that it is off; lease trusts the leash.' },
  ] },
  { type: 'network-name', text: 'Network name', fields: [
    { name: 'name', label: 'Name', required: true, example: 'files.example.com' },
    { name: 'server', label: 'Name server for updates', help: 'Without one the name is only in the hosts files of the nodes.' },
  ] },
  { type: 'script', text: 'Script', fields: [
    { name: 'online', label: 'Online', kind: 'command', required: true, example: '/srv/hook start' },
    { name: 'check', label: 'Check', kind: 'command', example: '/srv/hook check' },
    { name: 'offline', label: 'Offline', kind: 'command', required: true, example: '/srv/hook stop' },
    { name: 'user', label: 'Account', example: 'nobody' },
  ] },
  { type: 'file-share', text: 'File share', fields: [
    { name: 'protocol', label: 'Protocol', required: true, choices: ['nfs', 'smb'] },
    { name: 'path', label: 'Folder', required: true, example: '/srv/data/share', help: 'On a disk of the role that this depends on.' },
    { name: 'clients', label: 'Clients (nfs)', kind: 'list', example: '10.0.0.0/24' },
  ] },
  { type: 'ocf', text: 'Agent of resource-agents', fields: [{ name: 'agent', label: 'Agent', required: true, example: 'ocf:heartbeat:IPaddr2', help: 'It runs as root. Its parameters go into the text.' }] },
  { type: 'vault-server', text: 'Vault server', fields: [
    { name: 'path', label: 'Folder', required: true, example: '/srv/vaults' },
    { name: 'port', label: 'Port', example: '8000' },
    { name: 'append-only', label: 'Append only', choices: ['no', 'yes'] },
  ] },
];
