/** For a server whose pages were never built: everything but the pages works. */
export const notBuiltPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Naru</title>
<main>
<h1>Naru is running. Its pages are not built yet.</h1>
<p>docker, podman and naru can push and pull. For the pages, run <code>npm run build</code> in Naru's folder and start the server again; <code>npm start</code> does both.</p>
<p lang="ko">레지스트리는 작동 중이지만 웹 페이지가 아직 빌드되지 않았습니다. Naru 폴더에서 <code>npm run build</code>를 실행한 뒤 서버를 다시 시작하세요. <code>npm start</code>는 두 가지를 모두 합니다.</p>
</main>
</html>
`;
