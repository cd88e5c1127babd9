import { expect } from 'bun:test';
import type { LayerFile } from '../file-port.ts';
import { type Contract, digestOf, pushBlob } from './content.ts';

const file = (path: string): LayerFile => {
  const slash = path.lastIndexOf('/');
  return {
    parent: path.slice(0, Math.max(slash, 0)),
    name: path.slice(slash + 1),
    kind: 'file',
    sizeBytes: 3,
    mode: 0o644,
    target: '',
    content: 'c',
    position: 1,
  };
};
const many = Array.from({ length: 5000 }, (_, index) => file(`many/f${String(index).padStart(4, '0')}`));

export function fileContract(it: Contract): void {
  it('knows a layer when all of it is there, and lists it by folder, by name and as a whole', async (store) => {
    const [layer, other] = [await pushBlob(store, 'layer'), await pushBlob(store, 'other')];
    await store.files.recordLayer(layer, [file('b'), file('a'), file('a.d/x'), ...many], 1);
    await store.files.recordLayer(other, [file('a')], 1);
    expect(await store.files.findLayers([layer, digestOf('unknown')])).toEqual([{ digest: layer, state: 'indexed', reason: '' }]);
    expect((await store.files.listFolder([other, layer], '', 10)).map((one) => [one.layer, one.name])).toEqual([
      [other, 'a'],
      [layer, 'a'],
      [layer, 'b'],
    ]);
    expect(await store.files.listFolder([layer], 'a.d', 10)).toEqual([{ ...file('a.d/x'), layer }]);
    expect(await store.files.listFolder([layer], 'many', 5000)).toHaveLength(5000);
    expect((await store.files.findNamed([layer, other], '', ['a', 'zz'])).map((one) => one.layer).toSorted()).toEqual([layer, other].toSorted());
    const first = await store.files.listLayer(layer, { limit: 2 });
    expect(first).toEqual([file('a'), file('b')]);
    expect(await store.files.listLayer(layer, { limit: 1, after: file('b') })).toEqual([file('a.d/x')]);
    expect(await store.files.listLayer(digestOf('unknown'), { limit: 1 })).toEqual([]);
  });

  it('lists files that run with the rights of their owner or group', async (store) => {
    const [layer, other] = [await pushBlob(store, 'layer'), await pushBlob(store, 'other')];
    const modes = { su: 0o4755, sudo: 0o104111, wall: 0o2755, sticky: 0o1777, ls: 0o755 };
    const entries = Object.entries(modes).map(([name, mode]) => ({ ...file(`bin/${name}`), mode }));
    await store.files.recordLayer(layer, [...entries, { ...file('bin/folder'), kind: 'directory', mode: 0o2755 }], 1);
    await store.files.recordLayer(other, [{ ...file('su'), mode: 0o4755 }], 1);
    const listed = async (limit: number) => (await store.files.listSetuid([other, layer, layer], limit)).map((one) => [one.layer, one.name]);
    const all = [[other, 'su'], ...['su', 'sudo', 'wall'].map((name) => [layer, name])];
    expect([await listed(9), await listed(2), await store.files.listSetuid([], 9)]).toEqual([all, all.slice(0, 2), []]);
  });

  it('begins anew where an earlier try broke off, and remembers what cannot be shown', async (store) => {
    const layer = await pushBlob(store, 'layer');
    await store.files.recordLayer(layer, many, 1);
    await store.files.recordLayer(layer, [file('only')], 2);
    expect(await store.files.listLayer(layer, { limit: 10 })).toEqual([file('only')]);
    await store.files.recordRefused(layer, 'a bomb', 3);
    expect(await store.files.findLayers([layer])).toEqual([{ digest: layer, state: 'refused', reason: 'a bomb' }]);
    expect(await store.files.listLayer(layer, { limit: 10 })).toEqual([]);
  });

  it('forgets layers that are gone, and no others', async (store) => {
    const layer = await pushBlob(store, 'layer');
    const gone = digestOf('gone');
    await store.files.recordLayer(layer, [file('a')], 1);
    await store.files.recordLayer(gone, many, 1);
    let rounds = 0;
    while ((await store.files.prune(1000)) > 0) rounds++;
    expect(rounds).toBeGreaterThan(4);
    expect(await store.files.findLayers([layer, gone])).toEqual([{ digest: layer, state: 'indexed', reason: '' }]);
  });
}
