/** How each client learns to trust an authority that nobody else knows: for the person who starts the server. */

export type TrustFacts = { readonly caFile: string; readonly fingerprint: string; readonly registry: string; readonly url: string };

/** `registry` as it stands in references: `host:port`. */
export function trustText({ caFile, fingerprint, registry, url }: TrustFacts): string[] {
  return [
    '  The certificate is from an authority of this server only. Clients must be told to trust it:',
    `  ${caFile} (also at ${url}/ca.crt)`,
    `  SHA-256 ${fingerprint}`,
    '',
    `    Docker           /etc/docker/certs.d/${registry}/ca.crt`,
    `    Podman, skopeo   /etc/containers/certs.d/${registry}/ca.crt, or --cert-dir FOLDER`,
    `    containerd       /etc/containerd/certs.d/${registry}/hosts.toml with: ca = "/path/to/ca.crt"`,
    `    naru             ~/.docker/certs.d/${registry}/ca.crt, and the folders of Docker and Podman`,
    `    curl             curl --cacert ca.crt ${url}/v2/`,
    '    the whole system /usr/local/share/ca-certificates/naru.crt, then update-ca-certificates',
  ];
}
