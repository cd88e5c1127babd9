/** SBOMs that somebody attached to an image, as far as the caller may know of them. */
import type { Digest } from '@naru/oci/digest';
import type { AttachedPackage, AttachedSbomRows } from '../metadata/attached-port.ts';
import type { ApiCall } from './route.ts';

export function shownSboms({ caller, parts: { rows, gate } }: Pick<ApiCall, 'caller' | 'parts'>): Pick<AttachedSbomRows, 'list' | 'listPackages'> {
  return {
    list: async (subject) => {
      const shown = [];
      for (const one of await rows.attached.list(subject)) if (await gate.isShown(caller, subject.repository, one.digest)) shown.push(one);
      return shown;
    },

    async listPackages(subject, page) {
      const known = new Map<Digest, boolean>();
      const shown: AttachedPackage[] = [];
      for (let { after } = page; ;) {
        const found = await rows.attached.listPackages(subject, { ...page, ...(after && { after }) });
        for (const one of found) {
          const isShown = known.get(one.sbom) ?? (await gate.isShown(caller, subject.repository, one.sbom));
          known.set(one.sbom, isShown);
          if (isShown) shown.push(one);
        }
        after = found.at(-1);
        if (found.length < page.limit || shown.length >= page.limit) return shown.slice(0, page.limit);
      }
    },
  };
}
