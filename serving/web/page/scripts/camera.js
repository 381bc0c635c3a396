// A picture from the camera: live where the browser allows it, else by the phone's own camera app.

import { notice } from "./notices.js";

const element = (id) => document.getElementById(id);

export function offerCamera(take) {
  if (navigator.mediaDevices?.getUserMedia) {
    live(take);
  } else if (matchMedia("(pointer: coarse)").matches) {
    element("capture-label").hidden = element("capture").hidden = false;
    element("capture").addEventListener("change", (event) => {
      const [file] = event.target.files;
      event.target.value = "";
      if (file) take(file);
    });
  }
}

function live(take) {
  const dialog = element("photographer");
  const video = element("video");
  element("camera").hidden = false;
  element("camera").addEventListener("click", async () => {
    try {
      const wanted = { width: { ideal: 1280 }, height: { ideal: 1280 }, facingMode: "environment" };
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: wanted });
    } catch (error) {
      notice(error.name === "NotAllowedError" ? "cameraRefused" : "cameraMissing", {}, { kind: "error" });
      return;
    }
    dialog.showModal();
    await video.play();
  });
  element("snap").addEventListener("click", async () => {
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext("2d").drawImage(video, 0, 0);
    const photo = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
    dialog.close();
    take(photo);
  });
  element("camera-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    video.srcObject = null;
  });
}
