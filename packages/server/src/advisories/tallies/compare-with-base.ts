/**
 * What a rebuild on a newer base removes and brings: what is open in packages of the base's layers and not known of the
 * newer base goes; what is open in the newer base and not known of the image comes. What the image's own steps installed
 * or upgraded stays as it is. Pure.
 */
import type { Digest } from '@naru/oci/digest';
import type { BaseDifference } from '../../metadata/tallies/port.ts';
import { type Check, type Finding, isWhole, openFindings } from '../findings.ts';

/** `layers`: those of the base. Undefined while nobody knows all that is in the newer one, or where there is more than is listed. */
export function compareWithBase(image: Check, base: Check, layers: ReadonlySet<Digest>): BaseDifference | undefined {
  if (base.state !== 'checked' || !isWhole(base) || !isWhole(image)) return undefined;
  const [inImage, inBase] = [image, base].map(({ findings }) => new Set(findings.map(keyOf)));
  const below = openFindings(image).filter(({ package: { layer } }) => layer !== undefined && layers.has(layer));
  return {
    removed: count(below.filter((one) => inBase?.has(keyOf(one)) !== true)),
    added: count(openFindings(base).filter((one) => inImage?.has(keyOf(one)) !== true)),
  };
}

function count(findings: readonly Finding[]): BaseDifference['removed'] {
  const each = new Map(findings.map((one) => [keyOf(one), one.severity]));
  const counts = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
  for (const severity of each.values()) counts[severity] += 1;
  return counts;
}

/** The same hole in the same package, in whatever version. */
const keyOf = ({ vulnerability, package: { type, namespace, name } }: Finding): string => [vulnerability, type, namespace, name].join('\0');
