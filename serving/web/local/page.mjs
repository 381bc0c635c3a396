// The page: a photo, what to replace, eight results, best first. Nothing is sent: all is fetched before a photo is chosen.
import {worn} from './boxes.mjs';
import {TryOn} from './completion.mjs';
import {Parser} from './parsing.mjs';
import {draw, pixelsOf} from './photo.mjs';
import {Poses} from './pose.mjs';
import {fetched, loadRuntime} from './tflite.mjs';

const LONGEST = 1024, SAMPLES = 8, NPM = './npm/';
const one = (id) => document.getElementById(id);
const file = one('file'), garments = one('garments'), again = one('again'), results = one('results');
let person, seed = 0, turn = 0;
export const models = {};

function say(text) {
  one('status').textContent = text;
}

async function load() {
  await loadRuntime(`${NPM}@litertjs/core/wasm/`);
  const pose = new Uint8Array(await (await fetched('pose_landmarker_full.task')).arrayBuffer());
  Object.assign(models, {
    tryOn: await TryOn.load('model/sidecar.json'),
    parser: await Parser.load('parser/sidecar.json'),
    poses: await Poses.load(`${NPM}@mediapipe/tasks-vision/wasm`, pose),
  });
  file.disabled = false;
  say('Ready. From now on the page needs no network.');
}

/** Whoever a photo shows: photo, labels, keypoints, dress, carried. */
async function read(blob) {
  const photo = await pixelsOf(blob, LONGEST);
  const pose = models.poses.largest(photo);
  if (!pose) throw new Error('Nobody is found in this photo: take another, with one whole person, upright and well lit.');
  return {photo, keypoints: pose.keypoints, ...await models.parser.parse(photo, pose)};
}

async function chosen() {
  if (!file.files.length) return;
  const mine = ++turn;
  offer([]);
  results.replaceChildren();
  one('own').hidden = true;
  say('Looking for pose and clothes …');
  await painted();
  const found = await read(file.files[0]);
  if (mine !== turn) return;
  person = found;
  const known = models.tryOn.sidecar.garments, there = worn(person.labels, person.dress).filter((name) => known.includes(name));
  if (!there.length) throw new Error('No garment that can be replaced is found in this photo: take another.');
  offer(there);
  await complete();
}

function offer(names) {
  const first = names.find((name) => name === 'top' || name === 'dress') ?? names[0];
  garments.replaceChildren(garments.firstElementChild, ...names.map((name) => {
    const label = document.createElement('label'), input = document.createElement('input');
    Object.assign(input, {type: 'radio', name: 'garment', value: name, checked: name === first});
    label.append(input, ` ${name}`);
    return label;
  }));
  garments.disabled = again.disabled = !names.length;
}

async function complete() {
  const mine = ++turn, garment = garments.querySelector(':checked').value, tiles = [], progress = one('progress');
  const start = performance.now();
  results.replaceChildren();
  progress.hidden = false;
  progress.value = 0;
  say(`Replacing the ${garment} …`);
  await painted();
  for await (const {erased, photo, score} of models.tryOn.complete(person, garment, {samples: SAMPLES, seed})) {
    if (mine !== turn) return;
    if (erased) {
      draw(one('own').querySelector('canvas'), erased);
      one('own').hidden = false;
    } else {
      tiles.push({tile: tile(photo, garment), score});
      tiles.sort((a, b) => b.score - a.score);
      results.replaceChildren(...tiles.map((each) => each.tile));
      progress.value = tiles.length;
    }
    await painted();
  }
  progress.hidden = true;
  const seconds = (performance.now() - start) / 1000;
  say(`${tiles.length} results in ${seconds.toFixed(1)} seconds, best first. Nothing was sent.`);
}

function tile(photo, garment) {
  const figure = document.createElement('figure'), canvas = document.createElement('canvas');
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', `You with another ${garment}`);
  draw(canvas, photo);
  figure.append(canvas);
  return figure;
}

/** Lets the browser show what was changed. */
function painted() {
  return new Promise((resolve) => { setTimeout(resolve); });
}

function reporting(action) {
  return () => action().catch((error) => {
    one('progress').hidden = true;
    say(error.message);
    if (!(error instanceof Error) || error.name !== 'Error') console.error(error);
  });
}

file.addEventListener('change', reporting(chosen));
garments.addEventListener('change', reporting(complete));
again.addEventListener('click', reporting(() => {
  seed += SAMPLES;
  return complete();
}));
reporting(load)();
