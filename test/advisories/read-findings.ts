/** As the API says it. */
export type FoundAtPackage = { readonly id: string; readonly advisory: string; readonly package: { readonly name: string; readonly version: string } };

/** All findings of an image, page by page, once every package of it has been matched. */
export async function readFindings(url: string): Promise<FoundAtPackage[]> {
  type Answer = { state: string; unknown: object[]; items: FoundAtPackage[]; next?: string };
  const found: FoundAtPackage[] = [];
  for (let after: string | undefined = '0'; after !== undefined;) {
    const answer = (await (await fetch(`${url}?limit=1000&after=${after}`)).json()) as Answer;
    if (answer.state !== 'checked' || answer.unknown.length > 0) {
      await Bun.sleep(50); // a job matches, a moment later
      continue;
    }
    found.push(...answer.items);
    after = answer.next;
  }
  return found;
}
