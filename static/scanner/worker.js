// Reads QR codes beside the page, so that the page never stands still. Asked {n, image: ImageData}, it answers {n, texts} or
// {n, failed}. The decoder (zxing-cpp as WebAssembly) comes from our own folder; by itself it would ask another host.

import {prepareZXingModule, readBarcodesFromImageData} from '../vendor/zxing/reader/index.js';

const WASM = new URL('../vendor/zxing/zxing_reader.wasm', import.meta.url).href;
const OPTIONS = {formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 8, textMode: 'Plain'};

prepareZXingModule({overrides: {locateFile: () => WASM}});

self.onmessage = async ({data: {n, image}}) => {
  try {
    const found = await readBarcodesFromImageData(image, OPTIONS);
    self.postMessage({n, texts: found.filter(each => each.isValid).map(each => each.text)});
  } catch (error) {
    self.postMessage({n, failed: String(error)});
  }
};
