// The licence on its holder's phone: fetches the code of the next minute while the page is looked at, and hides each code at its end.

const page = document.querySelector('.show');
const shown = page.querySelector('.code-shown');
const picture = page.querySelector('.screen-code');
const clock = page.querySelector('.clock-time');
const over = page.querySelector('.code-over');
const renewEach = Number(page.dataset.renew) * 1000;
const againAfter = 5000;
const patience = 8000;
// By the phone's own clock, whatever it says: only what passes counts, from the moment at which the code was asked for.
let ends = Date.now() - performance.now() + Number(page.dataset.left) * 1000;
let next = Date.now() + renewEach;

function look() {
  const isOver = Date.now() >= ends;
  // Its minute is over: an old code is no code, whatever the network does.
  shown.hidden = isOver;
  over.hidden = !isOver;
}

async function renew() {
  const asked = Date.now();
  next = asked + renewEach;
  try {
    const address = `/show.json?which=${encodeURIComponent(page.dataset.which)}`;
    const answer = await fetch(address, {cache: 'no-store', signal: AbortSignal.timeout(patience)});
    if (answer.status >= 500) throw new Error(answer.statusText);
    const told = await answer.json();
    // Whatever else has happened is said by the page itself.
    if (told.state !== 'in-force') return location.reload();
    if (told.until) {
      const drawn = new DOMParser().parseFromString(told.code, 'image/svg+xml').documentElement;
      picture.replaceChildren(document.importNode(drawn, true));
      clock.textContent = told.clock;
      ends = asked + Date.parse(told.until) - Date.parse(told.now);
    }
  } catch {
    next = Date.now() + againAfter;
  }
  return look();
}

// Without an end there is no signed code, only the address of the page, which holds for good.
if (page.dataset.left) {
  setInterval(() => {
    look();
    if (document.visibilityState === 'visible' && Date.now() >= next) renew();
  }, 1000);

  document.addEventListener('visibilitychange', () => {
    look();
    if (document.visibilityState === 'visible') renew();
  });
}
