import { addressOf } from '../../api/client.ts';

/** The whole list, for a spreadsheet. */
export function CsvLink({ namespace, list, query = {} }: { namespace: string; list: string; query?: Readonly<Record<string, string>> }) {
  return (
    <a className="link text-sm" href={addressOf(`/namespaces/{namespace}/security/${list}.csv`, { namespace }, query)} download={`${namespace}-${list}.csv`}>
      CSV
    </a>
  );
}
