/** Every page in Bulgarian, dark, on a phone. */
import { everyPage } from "./looks.mjs";

everyPage({ language: "bg", theme: "dark", width: 390 });
