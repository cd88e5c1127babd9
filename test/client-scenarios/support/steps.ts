/** The walk-throughs, line by line as they are typed; `$C` is docker or naru. */
export type Step = {
  readonly id: string;
  readonly line: string;
  /** Of what naru said, as JSON: where it is not enough that both say the same. */
  readonly expect?: RegExp;
  /** Layers have names here that come of how each client compresses: only how many came to which state counts. */
  readonly ownLayers?: true;
  /** Why naru does better than this docker: then only `expect` counts, and they must still differ. */
  readonly differs?: string;
  /** Before it this registry is put on the list of those that may speak plain HTTP. */
  readonly allow?: string;
};

const login = (user: string) => `printf %s "$PW_${user}" | $C login --username ${user} --password-stdin`;
const gallery = 'beyool95/image-gallery:v1';
const web = 'soonyong4330/my-simple-web:0.1';
/** Naru's own image, on the network of whoever types, where it may do without a log-in. */
const registry =
  '$C run -d --network host --restart always --name registry -e NARU_HOST=127.0.0.1 -e NARU_PORT=5010 -e NARU_PROFILE=local -e NARU_TLS=off -v registry-data:/var/lib/naru diamol/registry';
/** It may not listen yet when the command returns. */
const answers = 'for i in $(seq 300); do curl -sf http://localhost:5010/v2/ >/dev/null && break; sleep 0.1; done';
const catalog = `${answers}; curl -s http://localhost:5010/v2/_catalog`;
const unlisted = /server gave HTTP response to HTTPS client/;

export const steps: readonly Step[] = [
  // Log in, tag, list, push.
  { id: 'S1.2n', line: 'echo wrong | $C login --username beyool95 --password-stdin', expect: /unauthorized: incorrect username or password/ },
  { id: 'S1.2', line: login('beyool95'), expect: /Login Succeeded/ },
  { id: 'S1.2b', line: '$C pull diamol/base', expect: /Using default tag: latest/ },
  { id: 'S1.2c', line: '$C load -q -i "$BUILT/gallery.tar"', expect: /Loaded image: image-gallery:latest/ },
  { id: 'S1.3', line: `$C image tag image-gallery ${gallery}` },
  { id: 'S1.4', line: "$C image ls --filter reference=image-gallery --filter reference='*/image-gallery' | sort", expect: /beyool95\/image-gallery/ },
  { id: 'S1.5', line: `$C image push ${gallery}`, expect: /Mounted from diamol\/base.*Mounted from diamol\/base/ },
  { id: 'S1.6', line: `$C image push ${gallery}`, expect: /Layer already exists/ },
  { id: 'S1.7', line: `$C rmi ${gallery} image-gallery` },
  { id: 'S1.8', line: `$C pull ${gallery}`, expect: /Downloaded newer image for beyool95\/image-gallery:v1/, ownLayers: true },
  // Pull, tag, refused, log in, push, log out, remove.
  { id: 'S2.0', line: '$C logout', expect: /Removing login credentials for https/ },
  { id: 'S2.1', line: '$C pull devwikirepo/simple-web:1.0', expect: /Downloaded newer image/ },
  { id: 'S2.2', line: `$C tag devwikirepo/simple-web:1.0 ${web}; $C image ls --format '{{.Repository}}:{{.Tag}} {{.ID}}' | sort` },
  { id: 'S2.3', line: `$C logout; $C push ${web}`, expect: /denied: requested access to the resource is denied/ },
  { id: 'S2.4', line: login('soonyong4330') },
  {
    id: 'S2.5',
    line: `$C push ${web}`,
    expect: /(Mounted from devwikirepo\/simple-web.*){4}/,
    differs: 'docker forgets, with a push that was refused, where the layers may be mounted from',
  },
  { id: 'S2.5n', line: `$C tag ${web} beyool95/x:1; $C push beyool95/x:1; $C rmi beyool95/x:1`, expect: /denied: requested access to the resource is denied/ },
  {
    id: 'S2.6',
    line: `$C logout; $C push ${web}`,
    expect: /Removing login credentials for https:\/\/index.docker.io\/v1\/.*denied: requested access to the resource is denied/,
    differs: 'naru asks what is there, which everybody may know here, before it asks to write; docker of another log-in does not ask',
  },
  { id: 'S2.7', line: `$C image rm ${web}`, expect: /Untagged: soonyong4330/ },
  { id: 'S2.8', line: '$C image rm devwikirepo/simple-web:1.0', expect: /Deleted: sha256/ },
  { id: 'S2.9', line: '$C image rm devwikirepo/simple-web:1.0', expect: /No such image: devwikirepo\/simple-web:1.0/ },
  // A private registry.
  {
    id: 'S3.4',
    line: `$C tag ${gallery} localhost:5000/nyapacchi:13; $C push localhost:5000/nyapacchi:13`,
    expect: /The push refers to repository \[localhost:5000\/nyapacchi\]/,
  },
  { id: 'S3.5', line: '$C rmi localhost:5000/nyapacchi:13; $C pull localhost:5000/nyapacchi:13', expect: /Digest: D/, ownLayers: true },
  { id: 'S3.9', line: `$C tag ${gallery} zoozoo.coomm/nyapacchi:13; $C push zoozoo.coomm/nyapacchi:13`, expect: /dial tcp: lookup zoozoo.coomm/ },
  // The same with a registry that runs in a container: ours.
  {
    id: 'S3.0',
    line: '$C load -q -i "$BUILT/../registry.tar"; $C images -q --no-trunc diamol/registry; $C rmi diamol/registry',
    expect: /Loaded image: diamol\/registry:latest/,
  },
  { id: 'S3.1', line: registry, expect: /Unable to find image 'diamol\/registry:latest' locally.*Downloaded newer image for diamol\/registry:latest/ },
  { id: 'S3.2', line: "$C ps --format '{{.Image}} {{.Command}} {{.State}} {{.Names}} {{.Ports}}'", expect: /diamol\/registry .* running registry/ },
  { id: 'S3.3', line: `${answers}; curl -si http://localhost:5010/v2/ | grep -i '^HTTP\\|^docker-distribution\\|^{'`, expect: /200.*registry\/2.0/ },
  { id: 'S3.4r', line: `$C tag ${gallery} localhost:5010/nyapacchi:13; $C push localhost:5010/nyapacchi:13`, expect: /13: digest.*Pushed/ },
  { id: 'S3.5r', line: '$C rmi localhost:5010/nyapacchi:13; $C pull localhost:5010/nyapacchi:13', expect: /Digest: D/, ownLayers: true },
  {
    id: 'S3.6',
    line: `kill -9 $($C inspect -f '{{.State.Pid}}' registry); for i in $(seq 300); do [ "$($C inspect -f '{{.RestartCount}} {{.State.Status}}' registry)" = '1 running' ] && $C ps --filter status=running | grep -q registry && break; sleep 0.1; done; $C inspect -f '{{.RestartCount}} {{.HostConfig.RestartPolicy.Name}} {{.State.Status}}' registry; ${catalog}`,
    expect: /1 always running.*nyapacchi/,
  },
  { id: 'S3.7', line: `$C restart -t 5 registry; ${catalog}`, expect: /nyapacchi/ },
  { id: 'S3.7i', line: '$C rmi diamol/registry', expect: /conflict: unable to remove repository reference .* is using its referenced image/ },
  { id: 'S3.8', line: `$C rm -f registry; ${registry}; ${catalog}`, expect: /^(?!.*Unable to find image).*nyapacchi/ },
  // Local first, and what run says when there is nothing to run.
  { id: 'S5.1', line: '$C run --rm --network none diamol/registry version', expect: /"exitCode":0,"stdout":\["naru / },
  { id: 'S5.3', line: '$C run 127.0.0.1:1/nosuch:1', expect: /"exitCode":125.*Unable to find image '127.0.0.1:1\/nosuch:1' locally.*connection refused/ },
  { id: 'S5.4', line: '$C run localhost:5010/nyapacchi:9', expect: /"exitCode":125.*manifest for localhost:5010\/nyapacchi:9 not found/ },
  { id: 'S5.4n', line: '$C run --network none diamol/registry --no-such-flag', expect: /"exitCode":1,/ },
  {
    id: 'S5.4e',
    line: '$C run --rm --network none --entrypoint /no/such diamol/registry',
    expect: /"exitCode":127/,
    differs: 'each names the runtime that it has',
  },
  { id: 'S3.z', line: '$C rm -f registry; $C ps -q', expect: /registry/ },
  // A name for it, and the list of those that may speak plain HTTP.
  { id: 'S4.1', line: '$C load -q -i "$BUILT/log.tar"', expect: /Loaded image: access-log:latest/ },
  { id: 'S4.2', line: `$C tag ${gallery} registry.local:5000/gallery/ui:v1; $C tag access-log registry.local:5000/gallery/logs:v1` },
  { id: 'S4.3', line: '$C push registry.local:5000/gallery/ui:v1', expect: unlisted },
  { id: 'S4.3l', line: 'echo x | $C login -u a --password-stdin registry.local:5000', expect: unlisted },
  {
    id: 'S4.5',
    line: "$C info 2>/dev/null | grep -A1 'Insecure Registries:'; $C info 2>/dev/null | grep -o registry.local:5000",
    expect: /registry.local:5000/,
    allow: 'registry.local:5000',
  },
  { id: 'S4.6', line: '$C image push registry.local:5000/gallery/ui:v1', expect: /v1: digest: D/ },
  { id: 'S4.7', line: '$C push registry.local:5000/gallery/logs:v1', expect: /Mounted from gallery\/ui/ },
  // Names and what they leave out.
  { id: 'S5.5', line: '$C pull soonyong4330/private:1', expect: /pull access denied for soonyong4330\/private/ },
  { id: 'S5.6', line: `${login('beyool95')}; $C pull nginx`, expect: /latest: Pulling from library\/nginx/ },
  { id: 'S5.7', line: '$C pull docker.io/library/nginx:latest', expect: /Image is up to date for nginx:latest/ },
  { id: 'S5.8', line: '$C pull nginx:none', expect: /manifest for nginx:none not found: manifest unknown: manifest unknown/ },
  ...['/image-gallery:v1', 'docker.io/library/NGINX:latest', 'a/b:v 1', 'a/b:한글', `a/b:${'t'.repeat(129)}`].map((name, at) => ({
    id: `S6.${at + 1}`,
    line: `$C pull '${name}'`,
    expect: /invalid reference format/,
  })),
  { id: 'S6.6', line: '$C tag nosuch x', expect: /No such image: nosuch:latest/ },
  { id: 'S6.7', line: '$C push a/nosuch', expect: /An image does not exist locally with the tag: a\/nosuch/ },
  { id: 'S6.8', line: '$C push -a localhost:5000/nyapacchi', expect: /13: digest/ },
];
