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
  const snap = element("snap");
  element("camera").hidden = false;
  element("camera").addEventListener("click", async () => {
    // A second click while the browser asks would open a second stream, which nothing would stop.
    element("camera").disabled = true;
    try {
      const wanted = { width: { ideal: 1280 }, height: { ideal: 1280 }, facingMode: "environment" };
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: wanted });
    } catch (error) {
      notice(error.name === "NotAllowedError" ? "cameraRefused" : "cameraMissing", {}, { kind: "error" });
      return;
    } finally {
      element("camera").disabled = false;
    }
    if (document.body.dataset.stage === "room") {
      // The visitor has gone on meanwhile.
      stop();
      return;
    }
    dialog.showModal();
    try {
      await video.play();
    } catch (error) {
      if (dialog.open) throw error;
      return; // The visitor closed the camera before its first picture.
    }
    snap.disabled = !dialog.open; // there is a picture
  });
  snap.addEventListener("click", async () => {
    snap.disabled = true;
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext("2d").drawImage(video, 0, 0);
    const photo = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
    dialog.close();
    take(photo);
  });
  element("camera-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", stop);

  function stop() {
    for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    video.srcObject = null;
    snap.disabled = true;
  }
}
