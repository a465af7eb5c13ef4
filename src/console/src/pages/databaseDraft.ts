import type { DatabaseInVault, DatabaseWanted } from '../api/management';

/** What somebody chose in the wizard. */
export interface DatabaseDraft {
  /** Which database, by `keyOf`. */
  key: string;
  point: 'latest' | 'time' | 'base';
  /** As a `datetime-local` field has it, in the reader's zone. */
  time: string;
  base: string;
  /** A dump of one database instead of the server's folder. */
  dump: boolean;
  only: string;
  tables: string;
  target: string;
  node: string;
}

export const emptyDraft: DatabaseDraft = { key: '', point: 'latest', time: '', base: '', dump: false, only: '', tables: '', target: '', node: '' };

/** Two databases may have had one name. */
export const keyOf = (database: DatabaseInVault) => `${database.engine}/${database.name}/${database.id}`;

/** What is asked of the service; null as long as something is missing. */
export function wantedOf(draft: DatabaseDraft, databases: DatabaseInVault[]): DatabaseWanted | null {
  const database = databases.find(item => keyOf(item) === draft.key);
  if (!database) return null;
  const wanted: DatabaseWanted = { name: database.name, id: database.id };
  if (draft.point === 'time') {
    const at = new Date(draft.time);
    if (draft.time === '' || Number.isNaN(at.getTime())) return null;
    wanted.time = at.toISOString();
  }
  if (draft.point === 'base') {
    if (!database.bases.some(base => base.snapshot === draft.base)) return null;
    wanted.base = draft.base;
    wanted.immediate = true;
  }
  if (draft.dump) {
    if (draft.only.trim() === '') return null;
    wanted.only = draft.only.trim();
    const tables = draft.tables.split(',').map(table => table.trim()).filter(Boolean);
    if (tables.length > 0) wanted.tables = tables;
  }
  return wanted;
}

/** Whether it is said where to. */
export const isPlaced = (draft: DatabaseDraft) => draft.node !== '' && draft.target.startsWith('/') && draft.target.length > 1;
