/** The rows that lists of volumes show, with the fields that Docker's templates know. */
import type { Volume } from '../container/volumes.ts';
import { humanSize } from '../format/human-size.ts';
import { templateRecord, type TemplateRecord } from '../format/template/value.ts';

const typeName = '*formatter.volumeContext';

export const volumeHeader: TemplateRecord = templateRecord(typeName, {
  Driver: 'DRIVER',
  Name: 'VOLUME NAME',
  Mountpoint: 'MOUNTPOINT',
  Scope: 'SCOPE',
  Links: 'LINKS',
  Size: 'SIZE',
});

export function volumeRow({ name, path }: Volume, usage?: { readonly links: number; readonly sizeBytes: number }): TemplateRecord {
  return templateRecord(typeName, {
    Driver: 'local',
    Name: name,
    Mountpoint: path,
    Scope: 'local',
    Links: usage === undefined ? 'N/A' : String(usage.links),
    Size: usage === undefined ? 'N/A' : humanSize(usage.sizeBytes, 4),
  });
}
