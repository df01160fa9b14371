/** Every page in English, light, on a wide screen; on a phone in pages_phone.test.mjs. */
import { everyPage } from "./looks.mjs";

everyPage({ language: "en", theme: "light", width: 1280 });
