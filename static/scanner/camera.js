// A camera that looks for QR codes until it is stopped.
//
//   const camera = await openCamera(video, {decoder, onTexts: texts => {…}, onStopped: code => {…}});
//   camera.hasTorch; await camera.light(true); camera.stop();
//
// `onTexts` gets what each frame with codes says, again for each frame: whoever has seen enough calls `stop`. `onStopped` is
// called where it ends by itself: `hidden` (the page is not seen), `busy` (the camera was taken away), `decoder-failed`.

/** Why there is no camera. `code`: `no-camera`, `refused` (by the person or the browser), `busy`, `insecure`, `failed`. */
export class CameraFailed extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const WANTED = {facingMode: {ideal: 'environment'}, width: {ideal: 1920}, height: {ideal: 1080}};
const CODES = {
  NotAllowedError: 'refused', SecurityError: 'refused', NotFoundError: 'no-camera', OverconstrainedError: 'no-camera',
  NotReadableError: 'busy', AbortError: 'busy',
};

/** Whether this browser has a way to any camera at all. */
export function canOpenCamera() {
  return Boolean(navigator.mediaDevices?.getUserMedia);
}

/** Shows the camera in `video` and looks at its frames. Raises `CameraFailed`. */
export async function openCamera(video, {decoder, onTexts, onStopped = () => {}}) {
  if (!window.isSecureContext) throw new CameraFailed('insecure', 'a camera is given to pages over https only');
  if (!canOpenCamera()) throw new CameraFailed('no-camera', 'this browser gives no camera to pages');
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({video: WANTED, audio: false});
    video.srcObject = stream;
    video.playsInline = true;
    video.muted = true;
    await video.play();
  } catch (error) {
    stream?.getTracks().forEach(track => track.stop());
    video.srcObject = null;
    throw new CameraFailed(CODES[error.name] ?? 'failed', String(error));
  }
  return new Camera(video, stream, decoder, onTexts, onStopped);
}

class Camera {
  #video;
  #stream;
  #onStopped;
  #canvas = document.createElement('canvas');
  #hidden = () => { if (document.hidden) this.#end('hidden'); };

  constructor(video, stream, decoder, onTexts, onStopped) {
    this.#video = video;
    this.#stream = stream;
    this.#onStopped = onStopped;
    document.addEventListener('visibilitychange', this.#hidden);
    this.#track.addEventListener('ended', () => this.#end('busy'));
    this.#look(decoder, onTexts);
  }

  /** Whether it has a light that can be switched. */
  get hasTorch() {
    return Boolean(this.#stream && this.#track.getCapabilities?.().torch);
  }

  /** Switches the light. */
  async light(isOn) {
    if (this.hasTorch) await this.#track.applyConstraints({advanced: [{torch: isOn}]});
  }

  /** Gives the camera back. Nothing is reported afterwards. */
  stop() {
    if (!this.#stream) return;
    document.removeEventListener('visibilitychange', this.#hidden);
    this.#stream.getTracks().forEach(track => track.stop());
    this.#stream = null;
    this.#video.srcObject = null;
  }

  get #track() {
    return this.#stream.getVideoTracks()[0];
  }

  #end(code) {
    if (!this.#stream) return;
    this.stop();
    this.#onStopped(code);
  }

  async #look(decoder, onTexts) {
    while (this.#stream) {
      await nextFrame(this.#video);
      const frame = this.#stream && this.#frame();
      if (!frame) continue;
      let texts;
      try {
        texts = await decoder.decode(frame);
      } catch {
        this.#end('decoder-failed');
        return;
      }
      if (this.#stream && texts.length) onTexts(texts);
    }
  }

  #frame() {
    const {videoWidth: width, videoHeight: height} = this.#video;
    if (!width || !height) return null;
    Object.assign(this.#canvas, {width, height});
    const brush = this.#canvas.getContext('2d', {willReadFrequently: true});
    brush.drawImage(this.#video, 0, 0);
    return brush.getImageData(0, 0, width, height);
  }
}

/** The next picture that the camera has; one that has been stopped gives none, so the screen's next is taken too. */
function nextFrame(video) {
  return new Promise(resolve => {
    video.requestVideoFrameCallback?.(resolve);
    requestAnimationFrame(() => (video.requestVideoFrameCallback && video.srcObject ? setTimeout(resolve, 250) : resolve()));
  });
}
