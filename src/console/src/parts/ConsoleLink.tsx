import { Link } from './router';

/** A link that the service named: to a page of the console, never anywhere else. */
export function ConsoleLink({ to, children }: { to: string | null | undefined; children: string }) {
  const path = to?.replace(/^\/api\/v1/, '');
  return path && /^\/(?![/\\])/.test(path) ? <Link to={path}>{children}</Link> : null;
}

export const RoleLink = ({ name }: { name: string }) => <Link to={`/roles/${encodeURIComponent(name)}`}>{name}</Link>;
export const NodeLink = ({ name }: { name: string | null | undefined }) => (name ? <Link to={`/nodes/${encodeURIComponent(name)}`}>{name}</Link> : <span>–</span>);
export const JobLink = ({ name }: { name: string }) => <Link to={`/jobs/${encodeURIComponent(name)}`}>{name}</Link>;
export const OperationLink = ({ id, children }: { id: string; children: string }) => <Link to={`/operations/${encodeURIComponent(id)}`}>{children}</Link>;
