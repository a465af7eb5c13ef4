import { Document, isMap, isSeq, parseDocument, Scalar, type YAMLMap } from 'yaml';

// A role that is being written is its declaration, and the form is a view of it: whatever somebody wrote by hand stays.

export interface ResourceDraft {
  name: string;
  type: string;
  dependsOn: string[];
}

export interface RoleDraft {
  name: string;
  preferred: string[];
  possible: string[];
  failback: string;
  mode: string;
  resources: ResourceDraft[];
}

export const emptyRole = 'roles:\n  new-role:\n    resources: {}\n';

function rolesOf(document: Document): YAMLMap | null {
  const roles = document.get('roles');
  return isMap(roles) ? roles : null;
}

const texts = (value: unknown): string[] => (isSeq(value) ? value.items.map(item => String(item instanceof Scalar ? item.value : item)) : typeof value === 'string' ? [value] : []);

/** Reads the first role; null when the text is no declaration of one, so that only its text can be worked on. */
export function readRole(text: string): RoleDraft | null {
  const document = parseDocument(text);
  if (document.errors.length > 0) return null;
  const roles = rolesOf(document);
  const pair = roles?.items.length === 1 ? roles.items[0] : undefined;
  if (!pair || !isMap(pair.value)) return null;
  const body = pair.value;
  const resources = body.get('resources');
  return {
    name: String(pair.key instanceof Scalar ? pair.key.value : pair.key),
    preferred: texts(body.get('preferred-owners')),
    possible: texts(body.get('possible-owners')),
    failback: String(body.get('failback') ?? 'never'),
    mode: String(body.get('mode') ?? 'single'),
    resources: !isMap(resources) ? [] : resources.items.map(item => ({
      name: String(item.key instanceof Scalar ? item.key.value : item.key),
      type: isMap(item.value) ? String(item.value.get('type') ?? '') : '',
      dependsOn: isMap(item.value) ? texts(item.value.get('depends-on')) : [],
    })),
  };
}

function edit(text: string, change: (body: YAMLMap, roles: YAMLMap, document: Document) => void): string {
  const document = parseDocument(text);
  const roles = rolesOf(document);
  const pair = roles?.items[0];
  if (!roles || !pair || document.errors.length > 0) return text;
  if (!isMap(pair.value)) pair.value = document.createNode({});
  change(pair.value as YAMLMap, roles, document);
  return document.toString({ lineWidth: 0 });
}

const flow = (document: Document, items: string[]) => {
  const node = document.createNode(items);
  node.flow = true;
  return node;
};

/** Renames the role. */
export const withName = (text: string, name: string) =>
  edit(text, (_, roles) => {
    const pair = roles.items[0];
    if (pair) pair.key = new Scalar(name);
  });

/** Sets a key of the role; an empty value or the default takes it out. */
export const withKey = (text: string, key: string, value: string | string[], usual = '') =>
  edit(text, (body, _, document) => {
    if (value.length === 0 || value === usual) body.delete(key);
    else body.set(key, Array.isArray(value) ? flow(document, value) : value);
  });

export type PropertyValue = string | string[];

/** Adds a resource. */
export const withResource = (text: string, name: string, properties: Record<string, PropertyValue>) =>
  edit(text, (body, _, document) => {
    let resources = body.get('resources');
    if (!isMap(resources)) {
      resources = document.createNode({});
      body.set('resources', resources);
    }
    const map = resources as YAMLMap;
    map.flow = false;
    const made = document.createNode({}) as YAMLMap;
    for (const [key, value] of Object.entries(properties)) {
      if (value.length > 0) made.set(key, Array.isArray(value) ? flow(document, value) : value);
    }
    map.set(name, made);
  });

/** Takes a resource out, and out of what depends on it. */
export const withoutResource = (text: string, name: string) =>
  edit(text, (body, _, document) => {
    const resources = body.get('resources');
    if (!isMap(resources)) return;
    resources.delete(name);
    for (const item of resources.items) {
      if (!isMap(item.value)) continue;
      const left = texts(item.value.get('depends-on'));
      if (!left.includes(name)) continue;
      const rest = left.filter(other => other !== name);
      if (rest.length > 0) item.value.set('depends-on', flow(document, rest));
      else item.value.delete('depends-on');
    }
    if (resources.items.length === 0) resources.flow = true;
  });

/** Splits a command line into words as a shell would, without running one. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const found of line.matchAll(/(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|[^\s"']+)+/g)) {
    words.push(found[0].replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, double: string | undefined, single: string | undefined) => (double === undefined ? (single ?? '') : double.replace(/\\(.)/g, '$1'))));
  }
  return words;
}
