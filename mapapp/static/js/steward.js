// A job's page follows the job by itself; without scripts the page is loaded again every two seconds.
const EVERY_MS = 1000;

document.documentElement.classList.add("js");
follow();

async function follow() {
  const shown = document.querySelector("#job[data-follow]");
  if (!shown) return;
  await new Promise((resolve) => { setTimeout(resolve, EVERY_MS); });
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (answer.redirected) return void location.replace(answer.url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const news = page.getElementById("job");
    if (!news) return void location.reload();
    update(shown, news);
  } catch {
    // The site is away for a moment: ask again.
  }
  follow();
}

function update(shown, news) {
  const bar = shown.querySelector("progress");
  const next = news.querySelector("progress");
  if (!bar || !next) return void shown.replaceWith(document.importNode(news, true));
  shown.querySelector("[role=status]").textContent = news.querySelector("[role=status]").textContent;
  for (const name of ["value", "max"]) {
    if (next.hasAttribute(name)) bar.setAttribute(name, next.getAttribute(name));
    else bar.removeAttribute(name);
  }
}
