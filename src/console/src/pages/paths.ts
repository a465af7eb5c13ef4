/** Whether one path is another or lies below it. */
export const below = (path: string, folder: string) => path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);

export const joinPath = (folder: string, name: string) => (folder === '/' ? `/${name}` : `${folder}/${name}`);

export const folderOf = (path: string) => (path.lastIndexOf('/') <= 0 ? '/' : `in ${path.slice(0, path.lastIndexOf('/'))}`);

export const isFolder = (kind: string) => kind === 'dir' || kind === 'directory' || kind === 'folder';

/** Takes a path into a choice or out of it. A folder stands for all below it, so those are dropped. */
export const toggled = (chosen: string[], path: string) => (chosen.includes(path) ? chosen.filter(other => other !== path) : [...chosen.filter(other => !below(other, path)), path]);
