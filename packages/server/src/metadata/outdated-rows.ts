import type { MetadataDatabase } from './database.ts';
import { recordEvents } from './event-rows.ts';
import type { BaseChange, OutdatedRows } from './golden-port.ts';

/** Who stands on what was golden, and who was told so. */
export function outdatedRows({ read, write }: MetadataDatabase): OutdatedRows {
  return {
    async list(version, { after = 0, limit }) {
      const found = await read
        .selectFrom('golden_version')
        .select('chain')
        .where('golden', '=', version.golden)
        .where('tag', '=', version.tag)
        .where('image', '=', version.image)
        .executeTakeFirst();
      if (found === undefined) return [];
      const rows = await read
        .selectFrom('image_prefix')
        .innerJoin('image_chain', 'image_chain.id', 'image_prefix.image')
        .select(['image_prefix.image as number', 'image_chain.digest as image'])
        .where('image_prefix.chain', '=', found.chain)
        .where('image_prefix.image', '>', after)
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('golden_version as current')
                .innerJoin('image_prefix as under', 'under.chain', 'current.chain')
                .select('current.id')
                .whereRef('under.image', '=', 'image_prefix.image')
                .where('current.golden', '=', version.golden)
                .where('current.tag', '=', version.tag)
                .where('current.ended_at', 'is', null),
            ),
          ),
        )
        // Nor what is the current version itself, which may be built on the former one.
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('golden_version as current')
                .select('current.id')
                .whereRef('current.chain', '=', 'image_chain.chain')
                .where('current.golden', '=', version.golden)
                .where('current.tag', '=', version.tag)
                .where('current.ended_at', 'is', null),
            ),
          ),
        )
        .orderBy('image_prefix.image')
        .limit(limit)
        .execute();
      return rows.map((row) => ({ ...row, version }));
    },

    tell: ({ version: { golden, tag }, image, repository, tags, base, what, ...change }) =>
      write(async (tx) => {
        const key = { golden, tag, repository, image };
        const now = what.kind === 'moved' ? what.now : '';
        const known = await tx
          .selectFrom('outdated_notice')
          .select('now')
          .where('golden', '=', golden)
          .where('tag', '=', tag)
          .where('repository', '=', repository)
          .where('image', '=', image)
          .executeTakeFirst();
        if (known?.now === now) return false;
        // The entry may be gone meanwhile: then nobody is outdated.
        const entry = await tx.selectFrom('golden_image').select('id').where('id', '=', golden).executeTakeFirst();
        if (entry === undefined) return false;
        await tx
          .insertInto('outdated_notice')
          .values({ ...key, now })
          .onConflict((conflict) => conflict.columns(['golden', 'tag', 'repository', 'image']).doUpdateSet({ now }))
          .execute();
        await recordEvents(
          tx,
          tags.map((one) => ({
            kind: what.kind === 'moved' ? 'base.updated' : 'base.deleted',
            repository,
            tag: one,
            digest: image,
            from: base,
            message: `${base}:${tag}, which it was built on, ${fateOf(what)}`,
            ...change,
          })),
        );
        return true;
      }),
  };
}

function fateOf(what: BaseChange): string {
  switch (what.kind) {
    case 'moved':
      return `is ${what.now} now`;
    case 'deleted':
      return 'was deleted';
    case 'gone':
      return 'was deleted with its repository';
  }
}
