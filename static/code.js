// On the page that a code opens: asks the register whether the digits that the phone's camera read with it are signed, and says so
// in one line; of a false or damaged code above all else. What stands behind the `#` is in no request of the browser's own.

const line = document.querySelector('.code-line');
const fragment = decoded(location.hash.slice(1));

// A place of this page is no part of a code.
if (line && fragment && !document.getElementById(fragment)) ask(`${line.dataset.address}#${fragment}`);

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function ask(code) {
  line.textContent = line.dataset.asking;
  const found = await genuine(code) ?? {answer: 'unknown'};
  if (found.answer === 'no') overrule(found.code === 'malformed-compact' ? 'damaged' : 'no');
  else tell(found.answer, line.dataset[found.answer]);
}

function tell(answer, words) {
  line.dataset.answer = answer;
  line.textContent = words;
}

function overrule(answer) {
  const above = document.querySelector('.overruling');
  for (const each of above.querySelectorAll('.words')) each.hidden = !each.classList.contains(answer);
  above.hidden = false;
  document.title = above.querySelector('.words:not([hidden])').textContent;
  document.querySelector('article').classList.add('overruled');
  line.classList.add('hidden');
  tell(answer, document.title);
  above.firstElementChild.focus();
}

async function genuine(code) {
  try {
    const answer = await fetch('/codes/verify', {
      method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({code}),
    });
    return (await answer.json()).verdict?.genuine;
  } catch {
    return null;
  }
}
