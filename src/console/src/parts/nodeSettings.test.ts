import { describe, expect, it } from 'vitest';
import { formOf, mistakesOf, placeholderOf, settingsOf } from './nodeSettings';

const defaults = { diskFreePercent: 5, memoryFreePercent: 4, storeMilliseconds: 350 };
const names = ['description', 'jobs', 'bandwidth', 'diskFreePercent', 'memoryFreePercent', 'storeMilliseconds'];
const empty = formOf({});

describe('the form of what a node is set to', () => {
  it('sends what it shows', () => {
    const settings = { description: 'rack 4', jobs: 2, bandwidth: 10 * 2 ** 20, diskFreePercent: 10, memoryFreePercent: null, storeMilliseconds: 200 };

    expect(formOf(settings)).toEqual({ description: 'rack 4', jobs: '2', bandwidth: '10MiB', diskFreePercent: '10', memoryFreePercent: '', storeMilliseconds: '200' });
    expect(settingsOf(formOf(settings), names)).toEqual(settings);
  });

  it('reads sizes as jobs and vaults write them, and shows each so that nothing is lost', () => {
    const read = (bandwidth: string) => settingsOf({ ...empty, bandwidth }, names).bandwidth;

    expect(['1024', '10M', '10 MiB', '1g', '500KiB', ''].map(read)).toEqual([1024, 10 * 2 ** 20, 10 * 2 ** 20, 2 ** 30, 500 * 1024, null]);
    for (const bandwidth of [1025, 1024, 1536 * 2 ** 20, 2 ** 40, 10_000_000]) expect(read(formOf({ bandwidth }).bandwidth)).toBe(bandwidth);
  });

  it('says what is wrong by its name, and nothing of what is left empty', () => {
    const wrong = { description: 'x'.repeat(201), jobs: '0', bandwidth: 'fast', diskFreePercent: '51', memoryFreePercent: '1.5', storeMilliseconds: '351' };

    expect(Object.keys(mistakesOf(wrong, defaults)).sort()).toEqual([...names].sort());
    expect(mistakesOf({ ...empty, bandwidth: '1000' }, defaults)).toHaveProperty('bandwidth');
    expect(mistakesOf(empty, defaults)).toEqual({});
    expect(mistakesOf({ ...empty, storeMilliseconds: '350', jobs: '100' }, defaults)).toEqual({});
  });

  it('sends nothing that this node cannot be set to', () => {
    expect(settingsOf({ ...empty, jobs: '2', description: ' witness ' }, ['description'])).toEqual({ description: 'witness' });
  });

  it('shows what holds where nothing is set', () => {
    expect((['jobs', 'bandwidth', 'diskFreePercent', 'description'] as const).map(name => placeholderOf(name, defaults))).toEqual(['any number', 'no limit', '5', '']);
  });
});
