import { dictionary } from "../../i18n";
export const words = dictionary(
  {
    title: "Policy", lead: (version: number) => `You begin from version ${version}. Nothing holds before it is saved and a plan is made by it.`, parts: "Parts of the policy", edit: "Segments and text", versions: "Versions",
    segments: "Segments in order", segmentsLead: "A customer is in the first that matches. Drag one by its handle, or press Enter on the handle and move it with the arrow keys.", up: (name: string) => `${name}: up`, down: (name: string) => `${name}: down`, handle: (name: string) => `Move ${name}`, condition: "Condition", build: "Build the condition", buildOf: (name: string) => `Condition of ${name}`, use: "Use it", sql: "As text", cannot: "The builder does not know all of this condition; change it as text.",
    text: "The policy as text", findings: "What the check says", sound: "No fault was found.", checking: "Checks…", line: (line: number) => `line ${line}`, count: (count: string) => `${count} customers`, save: "Save as a new version", reason: "Why", saved: (version: number) => `Saved as version ${version}.`, unchanged: "Nothing was changed yet.", revert: "As it was",
    version: (version: number) => `Version ${version}`, compared: "Difference from the version before", noVersions: "No policy yet", noVersionsText: "Write one here, or apply a plan that brings its own. Ten lines are enough to begin.", try: "Try on one customer", tryLead: "By the policy in force: which segments were looked at, in order, and which one matched.",
  },
  {
    title: "Политика", lead: (version) => `Започвате от версия ${version}. Нищо не важи, преди да се запише и да се направи план по нея.`, parts: "Части на политиката", edit: "Сегменти и текст", versions: "Версии",
    segments: "Сегменти по ред", segmentsLead: "Клиентът е в първия, на който отговаря. Влачете го за дръжката или натиснете Enter върху нея и местете със стрелките.", up: (name) => `${name}: нагоре`, down: (name) => `${name}: надолу`, handle: (name) => `Премести ${name}`, condition: "Условие", build: "Състави условието", buildOf: (name) => `Условие на ${name}`, use: "Използвай", sql: "Като текст", cannot: "Съставителят не познава цялото условие; променете го като текст.",
    text: "Политиката като текст", findings: "Какво казва проверката", sound: "Не е открит недостатък.", checking: "Проверява…", line: (line) => `ред ${line}`, count: (count) => `${count} клиенти`, save: "Запиши като нова версия", reason: "Защо", saved: (version) => `Записана като версия ${version}.`, unchanged: "Още нищо не е променено.", revert: "Както беше",
    version: (version) => `Версия ${version}`, compared: "Разлика от предишната версия", noVersions: "Още няма политика", noVersionsText: "Напишете я тук или приложете план, който носи своя. Десет реда стигат за начало.", try: "Опитайте върху един клиент", tryLead: "По политиката в сила: кои сегменти бяха разгледани по ред и кой съвпадна.",
  },
);
