import { describe, expect, it } from 'vitest';
import { changed, problemOfField } from './policyDraft';
import { emptyRole, readRole, withKey, withName, withoutResource, withResource, wordsOf } from './roleDraft';
import { toggled } from './paths';

const written = `roles:
  web: # the shop
    preferred-owners: [a, b]
    start-tier: 3
    resources:
      address: { type: ip-address, address: 10.0.0.100/24 }
      nginx:
        type: process
        depends-on: [address]
        command: [nginx, -g, "daemon off;"]
`;

describe('the declaration behind the form', () => {
  it('reads what the form shows', () => {
    expect(readRole(written)).toEqual({
      name: 'web', preferred: ['a', 'b'], possible: [], failback: 'never', mode: 'single',
      resources: [{ name: 'address', type: 'ip-address', dependsOn: [] }, { name: 'nginx', type: 'process', dependsOn: ['address'] }],
    });
  });

  it('keeps what the form knows nothing of', () => {
    const text = withResource(withKey(withName(written, 'shop'), 'failback', 'at-once', 'never'), 'disk', { type: 'disk', device: 'UUID=1', fence: '' });

    expect(text).toContain('start-tier: 3');
    expect(text).toContain('"daemon off;"');
    expect(text).toContain('# the shop');
    expect(text).not.toContain('fence');
    expect(readRole(text)).toMatchObject({ name: 'shop', failback: 'at-once', resources: [{ name: 'address' }, { name: 'nginx' }, { name: 'disk', type: 'disk' }] });
  });

  it('takes a removed resource out of what depends on it', () => {
    const text = withoutResource(written, 'address');

    expect(readRole(text)?.resources).toEqual([{ name: 'nginx', type: 'process', dependsOn: [] }]);
  });

  it('starts from nothing', () => {
    const text = withResource(withName(emptyRole, 'web'), 'app', { type: 'process', command: ['sleep', '60'] });

    expect(readRole(text)?.resources).toEqual([{ name: 'app', type: 'process', dependsOn: [] }]);
  });

  it('leaves text that is no declaration alone', () => {
    expect(readRole('roles: [')).toBeNull();
    expect(readRole('kind: Job\nname: x\n')).toBeNull();
    expect(withName('roles: [', 'x')).toBe('roles: [');
  });
});

it('splits a command line like a shell', () => {
  expect(wordsOf(`nginx -g "daemon off;" --name='a b' "say \\"hi\\""`)).toEqual(['nginx', '-g', 'daemon off;', '--name=a b', 'say "hi"']);
  expect(wordsOf('  ')).toEqual([]);
});

it('changes one field of a policy and no other', () => {
  const policy = { name: 'p', schedule: { when: '0 2 * * *', late: '10m' }, retention: { keep: { daily: '7' } } };

  expect(changed(policy, ['schedule', 'when'], 'every 6h')).toEqual({ ...policy, schedule: { when: 'every 6h', late: '10m' } });
  expect(changed(policy, ['retention', 'keep', 'daily'], '')).toEqual({ ...policy, retention: { keep: {} } });
  expect(changed(policy, ['verification', 'scratch'], '/x')).toEqual({ ...policy, verification: { scratch: '/x' } });
});

it('shows a problem at the field that it names', () => {
  const problems = [{ field: 'things[1].name', message: 'is relative.' }, { field: 'schedule.when', message: 'is no cron expression.' }];

  expect(problemOfField(problems, 'schedule.when')).toBe('is no cron expression.');
  expect(problemOfField(problems, 'things[1]')).toBe('is relative.');
  expect(problemOfField(problems, 'things[0]')).toBeUndefined();
});

it('takes a folder in the place of what lies in it', () => {
  expect(toggled(['/home/a/x', '/home/ab'], '/home/a')).toEqual(['/home/ab', '/home/a']);
  expect(toggled(['/home'], '/home')).toEqual([]);
});
