/** The walk-throughs, line by line as they are typed; `$C` is docker or naru. */
import type { Said } from './normalized.ts';

export type Step = {
  readonly id: string;
  readonly line: string;
  /** Of what naru said, as JSON: where it is not enough that both say the same. */
  readonly expect?: RegExp;
  /** Layers have names here that come of how each client compresses: only how many came to which state counts. */
  readonly ownLayers?: true;
  /** Why naru does better than this docker: then it says just this, layers without their names, and they must still differ. */
  readonly differs?: { readonly why: string; readonly naru: Said };
  /** Before it this registry is put on the list of those that may speak plain HTTP. */
  readonly allow?: string;
  /** Before it this repository of the hub becomes its owner's alone. */
  readonly hides?: string;
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
/** As people are told to type it: with a log-in, and a certificate of its own, which loopback may have. */
const published =
  '$C run -d -p 5020:5000 --restart always --name published -v published-data:/var/lib/naru -e NARU_ADMIN_PASSWORD="something long for it" diamol/registry';
const publishedAnswers = 'for i in $(seq 300); do curl -sk https://localhost:5020/v2/ >/dev/null && break; sleep 0.1; done';
const webRun = `$C run -d -p 80:80 --name my-simple-web ${web}`;
const webAnswers = 'for i in $(seq 300); do curl -sf http://localhost:80/ && break; sleep 0.1; done';
const until = (file: string, text: string) => `for i in $(seq 300); do grep -q '${text}' ${file} && break; sleep 0.1; done`;
/** At a terminal: each prompt is waited for, then answered. What draws is left out of what was seen. */
const typedLogin = [
  'cd "$BUILT"; rm -f keys screen; mkfifo keys',
  'script -qefc "$C login localhost:443" /dev/null <keys >screen 2>&1 & exec 3>keys',
  `${until('screen', 'Username')}; echo beyool95 >&3; ${until('screen', 'Password')}; printf '%s\\n' "$PW_beyool95" >&3`,
  `wait $!; echo "exit code $?"; sed 's/\\x1b[[0-9;]*[A-Za-z]//g' screen | tr -d '\\r' | grep .`,
].join('\n');
/** Of what the first walk-through pushed: the content decides, wherever it goes. */
const digestOf = (command: string) => `${command} | grep -o 'sha256:[0-9a-f]*' | tail -1`;
const sameDigest = (command: string) => `[ "$(${digestOf(command)})" = "$(cat "$BUILT/digest")" ] && echo the same digest`;
const contentDecides = (id: string, command: string): Step => ({
  id,
  line: sameDigest(command),
  differs: {
    why: 'docker compresses layers that somebody else had compressed anew for each registry',
    naru: { exitCode: 0, stdout: ['the same digest'], stderr: [''] },
  },
});
/** The operator of the hub, at its own machine. */
const admin = (words: string) => `naru admin ${words} --data "$BUILT/hub"`;
const hubApi = (who: string, words: string) => `curl -sk -u ${who}:"$PW_${who}" ${words}`;
const golang = 'lunches/golang:latest';
const pullDenied =
  /pull access denied for lunches\/golang, repository does not exist or may require 'docker login': denied: requested access to the resource is denied/;
const hubIsGone = 'for i in $(seq 300); do curl -sk https://localhost/healthz >/dev/null || break; sleep 0.1; done';
const unlisted = /server gave HTTP response to HTTPS client/;

export const steps: readonly Step[] = [
  // Log in, tag, list, push.
  { id: 'S1.2m', line: typedLogin, expect: /exit code 0.*Username: beyool95.*Password:.*Login Succeeded/ },
  { id: 'S1.2n', line: 'echo wrong | $C login --username beyool95 --password-stdin', expect: /unauthorized: incorrect username or password/ },
  { id: 'S1.2', line: login('beyool95'), expect: /Login Succeeded/ },
  { id: 'S1.2b', line: '$C pull diamol/base', expect: /Using default tag: latest/ },
  { id: 'S1.2c', line: '$C load -q -i "$BUILT/gallery.tar"', expect: /Loaded image: image-gallery:latest/ },
  { id: 'S1.3', line: `$C image tag image-gallery ${gallery}` },
  {
    id: 'S1.4',
    line: "$C image ls --filter reference=image-gallery --filter reference='*/image-gallery' | sort",
    expect: /REPOSITORY +TAG +IMAGE ID +CREATED +SIZE","beyool95\/image-gallery +v1 +([0-9a-f]{12}) [^"]*","image-gallery +latest +\1 [^"]*"\]/,
  },
  {
    id: 'S1.5',
    line: `$C image push ${gallery}`,
    expect: /"exitCode":0,(?=(?:.*?Mounted from diamol\/base){2})(?=(?:.*?: Pushed){4})(?!(?:.*?: Pushed){5}).*v1: digest: D size: N/,
  },
  {
    id: 'S1.6',
    line: `du -sb "$BUILT/hub/blobs" >"$BUILT/before"; $C image push ${gallery}; du -sb "$BUILT/hub/blobs" | cmp - "$BUILT/before" && echo stored nothing`,
    expect: /(?=(?:.*?Layer already exists){6}).*stored nothing/,
  },
  { id: 'S1.6d', line: `${digestOf(`$C image push ${gallery}`)} >"$BUILT/digest"; grep -c sha256 "$BUILT/digest"`, expect: /"stdout":\["1"\]/ },
  {
    id: 'S1.7',
    line: `curl -sk https://hub.docker.com/api/v1/repositories/${gallery.replace(':v1', '')} | grep -o '"visibility":"[a-z]*"'; curl -sk https://hub.docker.com/api/v1/repositories/${gallery.replace(':v1', '')}/-/tags | grep -c "$(cat "$BUILT/digest")"`,
    expect: /visibility.*public.*"1"/,
  },
  { id: 'S1.7r', line: `$C rmi ${gallery} image-gallery` },
  // The same on a base that nobody else may read any more when it comes to the push: its layers are sent, and not mounted.
  {
    id: 'S1.5p',
    line: '$C pull -q diamol/closing; $C load -q -i "$BUILT/closed.tar"; $C tag closed beyool95/closed:v1',
    expect: /Loaded image: closed:latest/,
  },
  {
    id: 'S1.5q',
    line: '$C push beyool95/closed:v1',
    hides: 'diamol/closing',
    expect: /"exitCode":0,(?!.*Mounted)(?=(?:.*?: Pushed){4})(?!(?:.*?: Pushed){5}).*v1: digest: D size: N/,
  },
  { id: 'S1.5r', line: '$C rmi diamol/closing closed beyool95/closed:v1', expect: /Untagged: diamol\/closing:latest/ },
  // An organisation: who is in its team pushes, others are refused; private, it is there for members alone.
  {
    id: 'S9.b',
    line: [
      admin('org create lunches --owner diamol'),
      admin('org add lunches beyool95'),
      admin('team create lunches dev'),
      admin('team add lunches dev beyool95'),
      admin('grant create lunches team:dev --role write --repositories lunches/golang'),
      'echo made',
    ].join(' >/dev/null && '),
    expect: /"exitCode":0,"stdout":\["made"\]/,
  },
  { id: 'S9.c', line: `$C tag diamol/base ${golang}; $C push ${golang}`, expect: /latest: digest: D size: N.*Mounted from/ },
  { id: 'S9.c2', line: `${login('soonyong4330')}; $C push ${golang}`, expect: /"exitCode":1.*denied: requested access to the resource is denied/ },
  { id: 'S9.c3', line: `$C logout; $C rmi ${golang} >/dev/null; $C pull -q ${golang}`, expect: /"exitCode":0.*docker.io\/lunches\/golang:latest/ },
  { id: 'S9.d', line: `$C rmi ${golang} >/dev/null; $C pull ${golang}`, hides: 'lunches/golang', expect: pullDenied },
  { id: 'S9.d2', line: `${login('soonyong4330')}; $C pull ${golang}`, expect: pullDenied },
  {
    id: 'S9.d3',
    line: `for who in soonyong4330 beyool95; do eval PW=\\$PW_$who; curl -sk -u $who:"$PW" -o /dev/null -w '%{http_code}\\n' https://hub.docker.com/api/v1/repositories/lunches/golang; curl -sk -u $who:"$PW" 'https://hub.docker.com/api/v1/search?q=golang' | grep -c lunches; done`,
    expect: /"stdout":\["404","0","200","1"\]/,
  },
  { id: 'S9.d4', line: `${login('beyool95')}; $C pull -q ${golang}`, expect: /"exitCode":0.*docker.io\/lunches\/golang:latest/ },
  {
    id: 'S9.e',
    line: `${hubApi('beyool95', `-d '{"name":"reads","actions":["pull"]}' https://hub.docker.com/api/v1/user/tokens`)} >"$BUILT/token"; sed 's/.*"secret":"\\([^"]*\\)".*/\\1/' "$BUILT/token" | $C login --username beyool95 --password-stdin; $C rmi ${golang} >/dev/null; $C pull -q ${golang}`,
    expect: /Login Succeeded.*docker.io\/lunches\/golang:latest/,
  },
  { id: 'S9.e2', line: `$C push ${golang}`, expect: /"exitCode":1.*denied: requested access to the resource is denied/ },
  {
    id: 'S9.e3',
    line: `${hubApi('beyool95', `-X DELETE https://hub.docker.com/api/v1/user/tokens/$(sed 's/.*"id":"\\([^"]*\\)".*/\\1/' "$BUILT/token")`)}; $C pull ${golang}`,
    expect: /"exitCode":1.*unauthorized: /,
  },
  { id: 'S9.e4', line: `$C push ${golang}`, expect: /"exitCode":1.*unauthorized: / },
  { id: 'S9.f', line: `${login('beyool95')}; ${admin('namespace set lunches --network 10.0.0.0/8')} >/dev/null; $C pull ${golang}`, expect: pullDenied },
  {
    id: 'S9.g',
    line: `${admin('audit ls --namespace lunches --json')} | grep -oE '"action": *"(pull.refused|push.refused|repository.visibility)"|"actor": *"[a-z0-9]*"' | sort -u | tr -d ' '`,
    expect: /(?=.*pull\.refused)(?=.*push\.refused)(?=.*repository\.visibility)(?=.*soonyong4330)(?=.*anonymous)(?=.*beyool95)/,
  },
  { id: 'S9.z', line: `$C rmi ${golang} >/dev/null; echo gone`, expect: /gone/ },
  // Pull, tag, refused, log in, push, log out, remove.
  { id: 'S2.0', line: '$C logout', expect: /Removing login credentials for https/ },
  // Not logged in, and nothing of it here.
  { id: 'S1.8', line: `$C pull ${gallery}`, expect: /Downloaded newer image for beyool95\/image-gallery:v1/, ownLayers: true },
  { id: 'S1.8d', line: sameDigest(`$C pull ${gallery}`), expect: /the same digest/ },
  { id: 'S2.1', line: '$C pull devwikirepo/simple-web:1.0', expect: /Downloaded newer image/ },
  { id: 'S2.2', line: `$C tag devwikirepo/simple-web:1.0 ${web}; $C image ls --format '{{.Repository}}:{{.Tag}} {{.ID}}' | sort` },
  { id: 'S2.3', line: `$C logout; $C push ${web}`, expect: /denied: requested access to the resource is denied/ },
  { id: 'S2.4', line: login('soonyong4330') },
  {
    id: 'S2.5',
    line: `$C push ${web}`,
    expect: /(Mounted from devwikirepo\/simple-web.*){4}/,
    differs: {
      why: 'docker forgets, with a push that was refused, where the layers may be mounted from',
      naru: {
        exitCode: 0,
        stdout: [
          'The push refers to repository [docker.io/soonyong4330/my-simple-web]',
          '0.1: digest: D size: N',
          ...Array<string>(4).fill('ID: Mounted from devwikirepo/simple-web'),
        ],
        stderr: [''],
      },
    },
    ownLayers: true,
  },
  { id: 'S2.5n', line: `$C tag ${web} beyool95/x:1; $C push beyool95/x:1; $C rmi beyool95/x:1`, expect: /denied: requested access to the resource is denied/ },
  {
    id: 'S2.6',
    line: `$C logout; $C push ${web}`,
    expect: /Removing login credentials for https:\/\/index.docker.io\/v1\/.*denied: requested access to the resource is denied/,
    differs: {
      why: 'naru asks what is there, which everybody may know here, before it asks to write; docker of another log-in does not ask',
      naru: {
        exitCode: 1,
        stdout: [
          'Removing login credentials for https://index.docker.io/v1/',
          'The push refers to repository [docker.io/soonyong4330/my-simple-web]',
          ...Array<string>(4).fill('ID: Layer already exists'),
        ],
        stderr: ['denied: requested access to the resource is denied'],
      },
    },
    ownLayers: true,
  },
  { id: 'S2.7', line: `$C image rm ${web}`, expect: /Untagged: soonyong4330/ },
  { id: 'S2.8', line: '$C image rm devwikirepo/simple-web:1.0', expect: /Deleted: sha256/ },
  { id: 'S2.9', line: '$C image rm devwikirepo/simple-web:1.0', expect: /No such image: devwikirepo\/simple-web:1.0/ },
  {
    id: 'S2.10',
    line: webRun,
    expect: /"stdout":\["ID"\].*Unable to find image 'soonyong4330\/my-simple-web:0.1' locally.*Pulling from soonyong4330\/my-simple-web/,
    ownLayers: true,
  },
  { id: 'S2.10c', line: webAnswers, expect: /"stdout":\["<h1>a simple web<\/h1>"\]/ },
  { id: 'S2.10p', line: "$C ps --format '{{.Names}} {{.State}} {{.Ports}}'", expect: /my-simple-web running 0.0.0.0:80->80\/tcp/ },
  // A private registry.
  {
    id: 'S3.4',
    line: `$C tag ${gallery} localhost:5000/nyapacchi:13; $C push localhost:5000/nyapacchi:13`,
    expect: /The push refers to repository \[localhost:5000\/nyapacchi\]/,
  },
  contentDecides('S3.4d', '$C push localhost:5000/nyapacchi:13'),
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
  // As the documents have it: a port of the machine leads to it.
  { id: 'S3.1p', line: published, expect: /"exitCode":0,"stdout":\["ID"\],"stderr":\[""\]/ },
  { id: 'S3.2p', line: "$C ps --filter name=published --format '{{.Ports}} {{.Status}}' | sed 's/Up .*/Up/'", expect: /"0.0.0.0:5020->5000\/tcp Up"/ },
  { id: 'S3.3p', line: `${publishedAnswers}; curl -ski https://localhost:5020/v2/ | grep -i '^HTTP\\|^docker-distribution'`, expect: /401.*registry\/2.0/ },
  { id: 'S3.4l', line: 'printf %s "something long for it" | $C login -u naru-admin --password-stdin localhost:5020', expect: /Login Succeeded/ },
  contentDecides('S3.4p', `$C tag ${gallery} localhost:5020/nyapacchi:13; $C push localhost:5020/nyapacchi:13`),
  { id: 'S3.z1', line: '$C rm -f published', expect: /published/ },
  // Where a log-in is needed.
  {
    id: 'S3.10',
    line: `$C logout localhost:443; $C tag ${gallery} localhost:443/beyool95/x:1; $C push localhost:443/beyool95/x:1`,
    expect: /"exitCode":1,.*denied: requested access to the resource is denied/,
  },
  { id: 'S3.10l', line: `printf %s "$PW_beyool95" | $C login -u beyool95 --password-stdin localhost:443`, expect: /Login Succeeded/ },
  contentDecides('S3.10p', '$C push localhost:443/beyool95/x:1'),
  // Local first, and what run says when there is nothing to run.
  { id: 'S5.1', line: '$C run --rm --network none diamol/registry version', expect: /"exitCode":0,"stdout":\["naru / },
  { id: 'S5.3', line: '$C run 127.0.0.1:1/nosuch:1', expect: /"exitCode":125.*Unable to find image '127.0.0.1:1\/nosuch:1' locally.*connection refused/ },
  { id: 'S5.4', line: '$C run localhost:5010/nyapacchi:9', expect: /"exitCode":125.*manifest for localhost:5010\/nyapacchi:9 not found/ },
  { id: 'S5.4n', line: '$C run --network none diamol/registry --no-such-flag', expect: /"exitCode":1,/ },
  {
    id: 'S5.4e',
    line: '$C run --rm --network none --entrypoint /no/such diamol/registry',
    expect: /"exitCode":127/,
    differs: {
      why: 'each names the runtime that it has',
      naru: {
        exitCode: 127,
        stdout: [''],
        stderr: [
          'PROGRAM: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: unable to start container process: exec: "/no/such": stat /no/such: no such file or directory',
          '',
          "Run 'PROGRAM run --help' for more information",
        ],
      },
    },
    ownLayers: true,
  },
  { id: 'S3.z', line: '$C rm -f registry; $C ps -aq --filter name=registry', expect: /"registry"/ },
  // A name for it, and the list of those that may speak plain HTTP.
  {
    id: 'S4.1',
    line: 'getent hosts registry.local; $C load -q -i "$BUILT/log.tar"; $C load -q -i "$BUILT/day.tar"',
    expect: /registry.local.*access-log:latest.*image-of-the-day:latest/,
  },
  {
    id: 'S4.2',
    line: `$C tag ${gallery} registry.local:5000/gallery/ui:v1; $C tag access-log registry.local:5000/gallery/logs:v1; $C tag image-of-the-day registry.local:5000/gallery/api:v1`,
  },
  { id: 'S4.3', line: '$C push registry.local:5000/gallery/ui:v1', expect: unlisted },
  { id: 'S4.3l', line: 'echo x | $C login -u a --password-stdin registry.local:5000', expect: unlisted },
  contentDecides('S4.3b', `$C tag ${gallery} loopback.local:5000/gallery/ui:v1; $C push loopback.local:5000/gallery/ui:v1`),
  // With TLS and an authority that is trusted, the list plays no part.
  contentDecides('S4.10', `$C tag ${gallery} registry.local:5443/secure/ui:v1; $C push registry.local:5443/secure/ui:v1`),
  { id: 'S4.10c', line: "curl -s -o /dev/null -w '%{http_code}' http://registry.local:5443/v2/", expect: /"400"/ },
  {
    id: 'S4.5',
    line: "$C info 2>/dev/null | grep -A1 'Insecure Registries:'; $C info 2>/dev/null | grep -o registry.local:5000",
    expect: /registry.local:5000/,
    allow: 'registry.local:5000',
  },
  {
    id: 'S4.6',
    line: '$C image push registry.local:5000/gallery/ui:v1',
    expect: /The push refers to repository \[registry.local:5000\/gallery\/ui\].*v1: digest: D/,
  },
  {
    id: 'S4.9',
    line: "$C push -q registry.local:5000/gallery/ui:v1 2>&1 >/dev/null | sed 's/^/said: /'",
    differs: {
      why: 'docker says nothing of what plain HTTP means',
      naru: {
        exitCode: 0,
        stdout: [
          'said: WARNING: registry.local:5000 speaks plain HTTP: whoever is on the way can eavesdrop on the traffic, layers and passwords can leak, and fake images can be served in its place. Better give it TLS.',
        ],
        stderr: [''],
      },
    },
  },
  contentDecides('S4.6d', '$C push registry.local:5000/gallery/ui:v1'),
  { id: 'S4.7', line: '$C push registry.local:5000/gallery/logs:v1', expect: /(?:.*?Mounted from (?:gallery|secure)\/ui){5}/ },
  { id: 'S4.7a', line: '$C push registry.local:5000/gallery/api:v1', expect: /(?:.*?Mounted from (?:gallery|secure)\/[a-z]+){4}/ },
  { id: 'S4.8', line: 'curl -s http://registry.local:5000/v2/_catalog', expect: /gallery\/api.*gallery\/logs.*gallery\/ui/ },
  // Names and what they leave out.
  // One that nobody else may see, and one that is not there, look the same.
  ...['secret', 'nosuch'].map((name) => ({
    id: `S5.5 ${name}`,
    line: `$C logout >/dev/null; $C pull devwikirepo/${name}:1`,
    expect: new RegExp(
      `pull access denied for devwikirepo/${name}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
    ),
  })),
  {
    id: 'S5.6',
    line: `${login('beyool95')}; $C run -d --name official nginx`,
    expect: /"ID"\].*Unable to find image 'nginx:latest' locally.*latest: Pulling from library\/nginx/,
  },
  { id: 'S5.6r', line: '$C rm -f official', expect: /official/ },
  { id: 'S5.7', line: '$C pull docker.io/library/nginx:latest', expect: /Image is up to date for nginx:latest/ },
  { id: 'S5.8', line: '$C pull nginx:none', expect: /manifest for nginx:none not found: manifest unknown: manifest unknown/ },
  ...['/image-gallery:v1', 'docker.io/library/NGINX:latest', 'a/b:v 1', 'a/b:한글', `a/b:${'t'.repeat(129)}`].map((name, at) => ({
    id: `S6.${at + 1}`,
    line: `$C pull '${name}'`,
    expect: /invalid reference format/,
  })),
  { id: 'S6.6', line: '$C tag nosuch x', expect: /No such image: nosuch:latest/ },
  { id: 'S6.7', line: '$C push a/nosuch', expect: /An image does not exist locally with the tag: a\/nosuch/ },
  { id: 'S6.8', line: '$C tag localhost:5000/nyapacchi:13 localhost:5000/nyapacchi:14; $C push -a localhost:5000/nyapacchi', expect: /13: digest.*14: digest/ },
  { id: 'S6.9', line: '$C push localhost:5000/nyapacchi', expect: /Using default tag: latest.*tag does not exist|An image does not exist locally/ },
  ...[
    'nginx',
    'nginx:alpine',
    'devwikirepo/tencounter',
    'diamol/golang',
    'zoozoousagi/nyapacchi:13',
    'index.docker.io/nginx:none',
    `nginx@sha256:${'0'.repeat(64)}`,
    'f'.repeat(64),
  ].map((name) => ({ id: `S6 ${name}`, line: `$C pull '${name}'` })),
  ...['devwiki.com/myproject/mynginx:2.1.0-alpine', 'zoozoo.coomm/nyapacchi:13'].map((name) => ({
    id: `S6 ${name}`,
    line: `$C pull ${name}`,
    expect: /dial tcp: lookup (?:devwiki.com|zoozoo.coomm)/,
  })),
  // Each way to say a name leads to one row, under the name that says least.
  ...[
    'nginx',
    'docker.io/library/nginx',
    'index.docker.io/nginx',
    'devwiki.com/myproject/mynginx:2.1.0-alpine',
    'localhost/x',
    'registry.local:5000/gallery/ui:v2',
    'zoozoousagi/nyapacchi:13',
  ].map((name) => ({
    id: `S6 tag ${name}`,
    line: `$C tag access-log ${name}; $C images --format '{{.Repository}}:{{.Tag}}' | sort`,
  })),
  // The hub is gone: what is here needs nobody.
  {
    id: 'S5.2',
    line: `kill $(cat "$BUILT/hub.pid"); ${hubIsGone}; $C rm -f my-simple-web; ${webRun}; ${webAnswers}`,
    expect: /"exitCode":0,"stdout":\["my-simple-web","ID","<h1>a simple web<\/h1>"\],"stderr":\[""\]/,
  },
  {
    id: 'S5.3h',
    line: '$C run nginx:alpine',
    expect:
      /"exitCode":125,.*Unable to find image 'nginx:alpine' locally.*PROGRAM: Error response from daemon: Get \\"https:\/\/registry-1.docker.io\/v2\/\\": dial tcp 127.0.0.1:443: connect: connection refused/,
  },
  { id: 'S5.z', line: '$C rm -f my-simple-web', expect: /my-simple-web/ },
];
