// The map of a preview: the drawing holds every place; the live map lets one look closer at the first of them.
import { bringToLife } from "./sheet.js";

document.documentElement.classList.add("js");
const figure = document.querySelector("figure.map[data-script]");
if (figure) bringToLife(figure);
