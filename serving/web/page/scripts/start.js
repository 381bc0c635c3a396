// Ways to begin: a file by button, by dropping or by pasting, the camera, or one of six people.

import { offerCamera } from "./camera.js";
import { label } from "./language.js";

const element = (id) => document.getElementById(id);

/** A row of people to choose from. */
export function people(list, names, choose) {
  list.replaceChildren(
    ...names.map((name) => {
      const box = document.createElement("li");
      const button = Object.assign(document.createElement("button"), { type: "button", className: "portrait" });
      const picture = Object.assign(document.createElement("img"), { src: `starts/${name}.jpg`, width: 192, height: 256 });
      picture.alt = "";
      button.append(picture);
      label(button, "person", { number: name });
      button.addEventListener("click", () => choose(name));
      box.append(button);
      return box;
    }),
  );
}

/** A file input that hands over what is chosen, also twice the same. */
export function onFile(input, take) {
  input.addEventListener("change", () => {
    const [file] = input.files;
    if (file) take(file);
    input.value = "";
  });
}

/** take: called with a Blob or the name of one of the people. */
export function offerStarts(names, take) {
  people(element("starts"), names, take);
  onFile(element("file"), take);
  offerCamera(take);
  const drop = element("drop");
  const begun = () => document.body.dataset.stage !== "start";
  for (const kind of ["dragenter", "dragover"]) {
    addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", !begun());
    });
  }
  addEventListener("dragleave", (event) => event.relatedTarget ?? drop.classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const [file] = event.dataTransfer.files;
    if (file) take(file);
  });
  addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/"));
    if (file) take(file);
  });
}
