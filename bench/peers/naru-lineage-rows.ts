/** Images that stand on one, as rows, as `naru-rows.ts` does it for lists: each with two layers of its own and one tag. */
import { createHash } from 'node:crypto';
import { manifestType } from '../sample.ts';
import { inBatches, openForFilling } from './naru-rows.ts';

const perRepository = 20;
const bytes = new Uint8Array(1000).fill(0x20);

/** `digest`: of an image that was pushed. */
export async function fillDependants(folder: string, { digest, count }: { readonly digest: string; readonly count: number }): Promise<void> {
  using database = openForFilling(folder);
  const base = database
    .prepare<{ id: number; chain: string; layers: number }, [string]>('select id, chain, layers from image_chain where digest = ?')
    .get(digest);
  if (base === null) throw new Error(`${digest} is no image that was pushed`);
  const prefixes = database.prepare<{ chain: string; layers: number }, [number]>('select chain, layers from image_prefix where image = ?').all(base.id);
  const below = [...prefixes, base];
  const repository = database.prepare('insert into repository (name, created_at, search_id) values (?, 0, ?)');
  const manifest = database.prepare('insert into manifest (digest, size_bytes, bytes) values (?, 1000, ?)');
  const held = database.prepare(
    `insert into repository_manifest (repository, digest, media_type, pushed_at, pushed_by) values (?, ?, '${manifestType}', 0, 'bench')`,
  );
  const tag = database.prepare("insert into tag (repository, name, digest, moved_at, moved_by) values (?, 'v1', ?, 0, 'bench')");
  const chain = database.prepare('insert into image_chain (id, digest, chain, layers) values (?, ?, ?, ?)');
  const prefix = database.prepare('insert into image_prefix (chain, image, layers) values (?, ?, ?)');
  inBatches(database, count, (index) => {
    const [id, own] = [base.id + 1 + index, digestOf(`image ${index}`)];
    const name = `apps/app-${String(Math.floor(index / perRepository)).padStart(5, '0')}`;
    if (index % perRepository === 0) repository.run(name, index + 1_000_000);
    manifest.run(own, bytes);
    held.run(name, own);
    if (index % perRepository === 0) tag.run(name, own);
    chain.run(id, own, digestOf(`chain ${index}`), base.layers + 2);
    for (const one of below) prefix.run(one.chain, id, one.layers);
    prefix.run(digestOf(`below ${index}`), id, base.layers + 1);
  });
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
