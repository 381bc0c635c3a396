// Draws a photo with its parsing over it, and what is to be replaced as a hatch.

import { Failure } from "./api.js";
import { ERASED } from "./labels.js";

/** An image that is there; a Failure where it doesn't come. */
export async function loaded(source) {
  const image = new Image();
  image.src = source;
  try {
    await image.decode();
  } catch {
    throw new Failure("page-away");
  }
  return image;
}

export const bytesOf = (colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));

/**
 * Draws into a canvas of the photo's size.
 * opacity: of the parsing, 0 to 1; target: class that is to be replaced, hatched like what is erased.
 */
export function draw(canvas, photo, labels, colours, { opacity, target }) {
  const { width, height, values } = labels;
  const context = canvas.getContext("2d");
  context.drawImage(photo, 0, 0, width, height);
  const over = new OffscreenCanvas(width, height);
  const picture = new ImageData(width, height);
  const pixels = picture.data;
  const period = Math.max(3, Math.round(Math.max(width, height) / 64));
  const alpha = Math.round(255 * opacity);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const value = values[i];
      const kind = value & ~ERASED;
      const at = 4 * i;
      if (value & ERASED || kind === target) {
        const stripe = (x + y) % (2 * period) < period;
        pixels[at] = pixels[at + 1] = pixels[at + 2] = stripe ? 255 : 214;
        // What is erased is surely gone; the garment still shows through.
        pixels[at + 3] = value & ERASED ? 235 : stripe ? 150 : 70;
      } else if (kind) {
        [pixels[at], pixels[at + 1], pixels[at + 2]] = colours[kind];
        pixels[at + 3] = alpha;
      }
    }
  }
  over.getContext("2d").putImageData(picture, 0, 0);
  context.drawImage(over, 0, 0);
}

/** Draws a parsing (its bitmap's red holds classes) in display colours. */
export function drawParsing(canvas, bitmap, colours) {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const picture = context.getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < picture.data.length; i += 4) {
    [picture.data[i], picture.data[i + 1], picture.data[i + 2]] = colours[picture.data[i]] ?? [0, 0, 0];
  }
  context.putImageData(picture, 0, 0);
}
