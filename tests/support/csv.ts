/** Reads CSV in the form of RFC 4180. */

/** Returns the fields of each record. */
export function parseCsv(text: string): string[][] {
  const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  const records: string[][] = [];
  let record: string[] = [];
  for (const [all, quoted, plain, end] of text.matchAll(FIELD)) {
    if (all === "") break;
    record.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end === ",") continue;
    records.push(record);
    record = [];
  }
  return records;
}
