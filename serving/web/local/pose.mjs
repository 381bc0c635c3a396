// People of a photo by MediaPipe's PoseLandmarker (npm @mediapipe/tasks-vision).
import {FilesetResolver, PoseLandmarker} from '@mediapipe/tasks-vision';
import {poseOf} from './keypoints.mjs';
import {imageOf} from './photo.mjs';

const MAX_PEOPLE = 6;

export class Poses {
  static async load(folder, model) {
    const options = {
      baseOptions: {modelAssetBuffer: model, delegate: 'GPU'}, // on the processor its masks end in a failed check (1.1.0)
      runningMode: 'IMAGE',
      numPoses: MAX_PEOPLE,
      outputSegmentationMasks: true,
    };
    return new Poses(await PoseLandmarker.createFromOptions(await FilesetResolver.forVisionTasks(folder), options));
  }

  constructor(landmarker) {
    this.landmarker = landmarker;
  }

  /** {keypoints, mask, box} of the largest person, or null. */
  largest(photo) {
    const found = this.landmarker.detect(imageOf(photo));
    const people = found.landmarks.map((points, i) => {
      const mask = Float32Array.from(found.segmentationMasks[i].getAsFloat32Array());
      return poseOf(points, mask, photo.height, photo.width);
    });
    found.close();
    const area = ({box: [y0, x0, y1, x1]}) => (y1 - y0) * (x1 - x0);
    return people.filter(Boolean).sort((one, other) => area(other) - area(one))[0] ?? null;
  }
}
