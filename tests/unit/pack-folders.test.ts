import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { packFolders } from '../../src/ui/pack-folders';

const file = (text: string, name: string, path: string) => Object.assign(new File([text], name), { path });

it('packs what came in folders into one archive, and leaves the rest', async () => {
  const single = file('a', 'a.csv', './a.csv');
  const packed = await packFolders([
    file('cat', '1.png', '/pets/cat/1.png'),
    single,
    file('dog', '1.png', './pets/dog/1.png'),
  ]);
  expect(packed[0]).toBe(single);
  expect(packed.map(({ name }) => name)).toEqual(['a.csv', 'pets.zip']);
  const entries = unzipSync(new Uint8Array(await packed[1]!.arrayBuffer()));
  expect(Object.entries(entries).map(([path, bytes]) => [path, new TextDecoder().decode(bytes)])).toEqual([
    ['pets/cat/1.png', 'cat'],
    ['pets/dog/1.png', 'dog'],
  ]);
});

it('has nothing to do for single files, and names several folders', async () => {
  const files = [file('a', 'a.csv', 'a.csv')];
  expect(await packFolders(files)).toEqual(files);
  const packed = await packFolders([file('x', '1.png', '/cat/1.png'), file('y', '2.png', '/dog/2.png')]);
  expect(packed.map(({ name }) => name)).toEqual(['cat + dog.zip']);
});
