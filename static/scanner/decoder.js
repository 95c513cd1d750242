// The texts of the QR codes in a picture, read by a worker.
//
//   const decoder = new Decoder();
//   const texts = await decoder.decode(picture);   // ImageData, ImageBitmap, Blob (File too), or what a canvas can draw
//   decoder.close();

const MAX_SIDE = 4096;

/** Why no picture was read. `code`: `not-an-image` (this file is no picture), `decoder-failed` (the decoder could not be had). */
export class DecoderFailed extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** One worker, which reads one picture after the other. Its files are fetched when it is made. */
export class Decoder {
  #waiting = new Map();
  #asked = 0;
  #worker;

  constructor() {
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), {type: 'module'});
    this.#worker.onmessage = ({data: {n, texts, failed}}) => {
      const {resolve, reject} = this.#waiting.get(n);
      this.#waiting.delete(n);
      if (texts) resolve(texts);
      else reject(new DecoderFailed('decoder-failed', failed));
    };
    this.#worker.onerror = event => {
      event.preventDefault();
      this.#end(new DecoderFailed('decoder-failed', event.message ?? 'the decoder was not found'));
    };
  }

  /** The texts of all codes in the picture, none for a picture without a code. Raises `DecoderFailed`. */
  async decode(picture) {
    const image = picture instanceof ImageData ? picture : await pixels(picture);
    if (!this.#worker) throw new DecoderFailed('decoder-failed', 'the decoder was closed');
    const n = this.#asked++;
    const {promise, resolve, reject} = withResolvers();
    this.#waiting.set(n, {resolve, reject});
    this.#worker.postMessage({n, image}, [image.data.buffer]);
    return promise;
  }

  /** Ends the worker; what is still being read fails. */
  close() {
    this.#end(new DecoderFailed('decoder-failed', 'the decoder was closed'));
  }

  #end(error) {
    this.#worker?.terminate();
    this.#worker = null;
    for (const {reject} of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

async function pixels(picture) {
  if (!(picture instanceof Blob)) return drawn(picture, picture.width, picture.height);
  let bitmap;
  try {
    bitmap = await createImageBitmap(picture);
  } catch (error) {
    throw new DecoderFailed('not-an-image', String(error));
  }
  try {
    return drawn(bitmap, bitmap.width, bitmap.height);
  } finally {
    bitmap.close();
  }
}

function drawn(picture, width, height) {
  const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const brush = canvas.getContext('2d', {willReadFrequently: true});
  // What is see-through is paper.
  brush.fillStyle = '#fff';
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return brush.getImageData(0, 0, canvas.width, canvas.height);
}

function withResolvers() {
  const found = {};
  found.promise = new Promise((resolve, reject) => Object.assign(found, {resolve, reject}));
  return found;
}
