/**
 * The oracle: what one repository must hold, may hold and must not hold, by what the server has
 * acknowledged. One client writes to the repository at a time, so when the server is killed at most
 * one change is in doubt; the next look decides it.
 *
 * Collection may take what no tag reaches once its grace is over. Everything else that was
 * acknowledged must be there, byte for byte, and what was acknowledged as deleted must be gone.
 */
import type { Content } from '../support/image.ts';
import { digestOf } from '../support/image.ts';
import { type RegistryClient, UnexpectedAnswer } from '../support/registry-client.ts';

export type ManifestParts = {
  readonly manifest: Content;
  readonly blobs: readonly Content[];
  /** Digests of an index's manifests. */
  readonly children: readonly string[];
  readonly subject?: string;
};

/** `unsure`: a change was under way when the server died. */
type State = 'there' | 'gone' | 'unsure';
type Pushed<Thing> = { readonly thing: Thing; state: State; /** When the last acknowledged push was sent. */ pushedAt: number };

/** What a tag may point to; undefined: there may be no such tag. */
type Possible = Set<string | undefined>;

export type Ledger = {
  readonly repository: string;
  /** Acknowledged and not deleted; some may have been collected since. */
  manifests(): ManifestParts[];
  tags(): { tag: string; digest: string }[];
  blobs(): Content[];
  pushBlob(blob: Content, send: () => Promise<unknown>): Promise<void>;
  /** False when the registry says that content is missing: collection was quicker. */
  pushManifest(parts: ManifestParts, tag: string | undefined, send: () => Promise<unknown>): Promise<boolean>;
  deleteTag(tag: string, send: () => Promise<boolean>): Promise<void>;
  deleteManifest(digest: string, send: () => Promise<boolean>): Promise<void>;
  deleteBlob(digest: string, send: () => Promise<boolean>): Promise<void>;
  /** Compares all of it with what the registry serves, and settles what was in doubt. Returns how many things were pulled. */
  verify(client: RegistryClient): Promise<number>;
  readonly acknowledged: { pushes: number; deletes: number };
};

export function createLedger(repository: string, graceMs: number): Ledger {
  const manifests = new Map<string, Pushed<ManifestParts>>();
  const blobs = new Map<string, Pushed<Content>>();
  const tags = new Map<string, Possible>();
  const acknowledged = { pushes: 0, deletes: 0 };

  const ledger: Ledger = {
    repository,
    acknowledged,
    manifests: () => there(manifests),
    blobs: () => there(blobs),
    tags: () =>
      [...tags].flatMap(([tag, possible]) => {
        const [digest] = possible;
        return possible.size === 1 && digest !== undefined ? [{ tag, digest }] : [];
      }),

    async pushBlob(blob, send) {
      const pushed = blobs.get(blob.digest) ?? { thing: blob, state: 'gone', pushedAt: 0 };
      blobs.set(blob.digest, pushed);
      const sentAt = Date.now();
      if (pushed.state === 'gone') pushed.state = 'unsure';
      await send();
      Object.assign(pushed, { state: 'there', pushedAt: sentAt });
      acknowledged.pushes++;
    },

    async pushManifest(parts, tag, send) {
      const { digest } = parts.manifest;
      const pushed = manifests.get(digest) ?? { thing: parts, state: 'gone', pushedAt: 0 };
      manifests.set(digest, pushed);
      const earlier = pushed.state;
      const pointedTo: Possible = new Set(tag === undefined ? [] : (tags.get(tag) ?? [undefined]));
      const sentAt = Date.now();
      if (earlier === 'gone') pushed.state = 'unsure';
      if (tag !== undefined) tags.set(tag, new Set([...pointedTo, digest]));
      try {
        await send();
      } catch (error) {
        if (!(error instanceof UnexpectedAnswer) || error.status !== 400 || !error.body.includes('MANIFEST_BLOB_UNKNOWN')) throw error;
        pushed.state = earlier;
        if (tag !== undefined) tags.set(tag, pointedTo);
        return false;
      }
      Object.assign(pushed, { state: 'there', pushedAt: sentAt });
      if (tag !== undefined) tags.set(tag, new Set([digest]));
      acknowledged.pushes++;
      return true;
    },

    async deleteTag(tag, send) {
      tags.set(tag, new Set([...(tags.get(tag) ?? []), undefined]));
      if (await send()) acknowledged.deletes++;
      tags.set(tag, new Set([undefined]));
    },

    async deleteManifest(digest, send) {
      const pushed = manifests.get(digest);
      if (pushed === undefined) return;
      const earlier = pushed.state;
      const pointing = [...tags].filter(([, possible]) => possible.has(digest));
      pushed.state = 'unsure';
      for (const [tag, possible] of pointing) tags.set(tag, new Set([...possible, undefined]));
      const deleted = await sendDelete(send);
      if (deleted === 'refused') {
        pushed.state = earlier;
        for (const [tag, possible] of pointing) tags.set(tag, possible);
        return;
      }
      pushed.state = 'gone';
      for (const [tag] of pointing) tags.set(tag, new Set([undefined]));
      if (deleted === 'yes') acknowledged.deletes++;
    },

    async deleteBlob(digest, send) {
      const pushed = blobs.get(digest);
      if (pushed === undefined) return;
      const earlier = pushed.state;
      pushed.state = 'unsure';
      const deleted = await sendDelete(send);
      pushed.state = deleted === 'refused' ? earlier : 'gone';
      if (deleted === 'yes') acknowledged.deletes++;
    },

    async verify(client) {
      let pulled = 0;
      const served = new Map<string, Content>();

      for (const [tag, possible] of tags) {
        const found = await client.pullManifest(repository, tag);
        if (!possible.has(found?.digest))
          throw new Error(`${repository}:${tag} is ${found?.digest ?? 'absent'}, and must be ${[...possible].map((each) => each ?? 'absent').join(' or ')}`);
        tags.set(tag, new Set([found?.digest]));
      }
      for (const [digest, pushed] of manifests) {
        const found = await client.pullManifest(repository, digest);
        if (found === undefined && pushed.state === 'there' && isYoung(pushed)) throw new Error(`manifest ${repository}@${digest} is lost`);
        if (found !== undefined && pushed.state === 'gone') throw new Error(`manifest ${repository}@${digest} was deleted and is back`);
        if (found !== undefined) {
          expectSame(`manifest ${repository}@${digest}`, pushed.thing.manifest, found.bytes);
          served.set(digest, found);
          pulled++;
        }
      }
      for (const digest of kept())
        if (!served.has(digest)) throw new Error(`manifest ${repository}@${digest} is lost, and a tag, an index or its subject needs it`);
      for (const [digest, pushed] of manifests) settle(manifests, digest, pushed, served.has(digest));

      const needed = new Map([...kept()].flatMap((digest) => manifests.get(digest)?.thing.blobs.map((blob) => [blob.digest, blob] as const) ?? []));
      // The client may have found a blob there and not have pushed it.
      for (const [digest, blob] of needed) if (!blobs.has(digest)) blobs.set(digest, { thing: blob, state: 'unsure', pushedAt: 0 });
      for (const [digest, pushed] of blobs) {
        const found = await client.pullBlob(repository, digest);
        if (found === undefined && needed.has(digest)) throw new Error(`blob ${repository}@${digest} is lost, and a manifest needs it`);
        if (found === undefined && pushed.state === 'there' && isYoung(pushed)) throw new Error(`blob ${repository}@${digest} is lost`);
        if (found !== undefined && pushed.state === 'gone') throw new Error(`blob ${repository}@${digest} was deleted and is back`);
        if (found !== undefined) {
          expectSame(`blob ${repository}@${digest}`, pushed.thing, found);
          pulled++;
        }
        settle(blobs, digest, pushed, found !== undefined);
      }
      return pulled;
    },
  };
  return ledger;

  function isYoung({ pushedAt }: Pushed<unknown>): boolean {
    return Date.now() - pushedAt < graceMs;
  }

  /** Manifests that a tag reaches: through indexes down, and from subjects up to what refers to them. */
  function kept(): Set<string> {
    const reached = new Set<string>();
    const open = ledger.tags().map(({ digest }) => digest);
    for (let digest = open.pop(); digest !== undefined; digest = open.pop()) {
      if (reached.has(digest)) continue;
      reached.add(digest);
      open.push(...(manifests.get(digest)?.thing.children ?? []));
      for (const [referrer, { thing, state }] of manifests) if (thing.subject === digest && state === 'there') open.push(referrer);
    }
    return reached;
  }
}

/** What is gone is looked for once more after it was seen to be gone, and then forgotten. */
function settle<Thing>(things: Map<string, Pushed<Thing>>, digest: string, pushed: Pushed<Thing>, isThere: boolean): void {
  if (pushed.state === 'gone') things.delete(digest);
  else pushed.state = isThere ? 'there' : 'gone';
}

function there<Thing>(things: ReadonlyMap<string, Pushed<Thing>>): Thing[] {
  return [...things.values()].filter(({ state }) => state === 'there').map(({ thing }) => thing);
}

/** `refused`: something still needs it, which is an answer like any other. */
async function sendDelete(send: () => Promise<boolean>): Promise<'yes' | 'was not there' | 'refused'> {
  try {
    return (await send()) ? 'yes' : 'was not there';
  } catch (error) {
    if (error instanceof UnexpectedAnswer && error.status === 405) return 'refused';
    throw error;
  }
}

function expectSame(what: string, pushed: Content, found: Uint8Array): void {
  if (digestOf(found) !== pushed.digest) throw new Error(`${what} has ${found.length} bytes that hash to ${digestOf(found)}`);
}
