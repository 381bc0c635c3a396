// A picture's pixels, upright and in sRGB, as {data: RGB bytes, height, width, channels}; and back on a canvas.

/** Of a file or blob; a longer side than `longest` pixels is shrunk to it. */
export async function pixelsOf(blob, longest = Infinity) {
  let bitmap = await createImageBitmap(blob, {imageOrientation: 'from-image'});
  const factor = longest / Math.max(bitmap.width, bitmap.height);
  if (factor < 1) {
    const resizeWidth = Math.max(Math.round(bitmap.width * factor), 1);
    const resizeHeight = Math.max(Math.round(bitmap.height * factor), 1);
    const large = bitmap;
    bitmap = await createImageBitmap(large, {resizeWidth, resizeHeight, resizeQuality: 'high'});
    large.close();
  }
  const {width, height} = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', {willReadFrequently: true});
  context.fillStyle = 'white'; // behind what is transparent
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const {data} = context.getImageData(0, 0, width, height);
  const rgb = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; ++i) rgb.set(data.subarray(4 * i, 4 * i + 3), 3 * i);
  return {data: rgb, height, width, channels: 3};
}

/** As the browser's own picture. */
export function imageOf({data, height, width}) {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; ++i) {
    image.data.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
    image.data[4 * i + 3] = 255;
  }
  return image;
}

/** Draws it on a canvas, which takes its size. */
export function draw(canvas, photo) {
  [canvas.width, canvas.height] = [photo.width, photo.height];
  canvas.getContext('2d').putImageData(imageOf(photo), 0, 0);
}
