// The form with one field: it scans with the camera, reads what is chosen, dropped or pasted, and sends it. Without this script it
// still sends what is typed or chosen. The scanner is fetched when it is asked for.

const MAX_BYTES = 12 * 1024 * 1024;

for (const form of document.querySelectorAll('form.ask')) enhance(form);

function enhance(form) {
  const field = form.elements.text;
  const chosen = form.elements.file;
  const told = form.querySelector('.told');
  // What else was in the same picture goes with what is asked about, and never with what is typed later.
  let beside = [];
  form.addEventListener('formdata', ({formData}) => beside.forEach(each => formData.append('beside', each)));
  const send = ([text, ...others]) => {
    field.value = text;
    chosen.value = '';
    beside = others;
    form.requestSubmit();
    beside = [];
  };

  const scan = form.querySelector('.scan');
  if (navigator.mediaDevices?.getUserMedia) scan.addEventListener('click', () => scanner(form.querySelector('dialog'), send));
  else scan.hidden = true;

  const take = async file => {
    field.value = '';
    told.textContent = told.dataset.reading;
    const texts = file.type.startsWith('image/') ? await codesIn(file) : [];
    // Codes are enough to ask with, and a photo stays where it is. All else is for the server to say.
    if (texts.length) send(texts);
    else if (file.size > MAX_BYTES) told.textContent = told.dataset.large;
    else form.requestSubmit();
  };
  chosen.addEventListener('change', () => chosen.files.length && take(chosen.files[0]));
  form.addEventListener('dragover', event => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    form.classList.add('over');
  });
  form.addEventListener('dragleave', () => form.classList.remove('over'));
  const receive = (event, files) => {
    if (!files?.length) return;
    event.preventDefault();
    form.classList.remove('over');
    chosen.files = files;
    take(files[0]);
  };
  form.addEventListener('drop', event => receive(event, event.dataTransfer.files));
  field.addEventListener('paste', event => receive(event, event.clipboardData.files));
  // Shown again by the browser's way back: as it was before anything was sent.
  window.addEventListener('pageshow', () => {
    told.textContent = '';
    chosen.value = '';
  });
}

async function codesIn(picture) {
  let decoder;
  try {
    const {Decoder} = await import('./scanner/decoder.js');
    decoder = new Decoder();
    return await decoder.decode(picture);
  } catch {
    return [];
  } finally {
    decoder?.close();
  }
}

async function scanner(dialog, send) {
  const status = dialog.querySelector('[role=status]');
  const light = dialog.querySelector('.light');
  const say = code => {
    status.textContent = status.dataset[code] ?? status.dataset.failed;
    dialog.classList.toggle('failed', !['starting', 'looking', 'found'].includes(code));
  };
  let camera;
  let decoder;
  let isOver = false;
  const end = () => {
    isOver = true;
    camera?.stop();
    decoder?.close();
    light.hidden = true;
  };
  dialog.addEventListener('close', end, {once: true});
  dialog.querySelector('.close').onclick = () => dialog.close();
  say('starting');
  dialog.showModal();
  try {
    const [{Decoder}, {openCamera}] = await Promise.all([import('./scanner/decoder.js'), import('./scanner/camera.js')]);
    decoder = new Decoder();
    const onTexts = texts => {
      say('found');
      dialog.close();
      send(texts);
    };
    camera = await openCamera(dialog.querySelector('video'), {decoder, onTexts, onStopped: code => code === 'hidden' ? dialog.close() : say(named(code))});
  } catch (error) {
    say(named(error.code));
    return;
  }
  if (isOver) {
    end();
    return;
  }
  say('looking');
  light.hidden = !camera.hasTorch;
  light.onclick = async () => {
    const isOn = light.getAttribute('aria-pressed') !== 'true';
    await camera.light(isOn);
    light.setAttribute('aria-pressed', String(isOn));
  };
}

function named(code) {
  return {refused: 'refused', 'no-camera': 'noCamera', busy: 'busy'}[code] ?? 'failed';
}
