/** Asks about the environments of a repository on a server without accounts. Throws when it is refused. */
export function environmentsAt(url: string, repository: string) {
  return async (method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> => {
    const response = await fetch(`${url}/api/v1/repositories/${repository}/-/environments${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
}
