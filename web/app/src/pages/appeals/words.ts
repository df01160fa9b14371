import { dictionary } from "../../i18n";
export const words = dictionary(
  {
    title: "Appeals", lead: "Somebody says why a customer should be another's. Who leads them answers; the customer is then given to another by hand, or in the next plan.",
    mine: "Disagree with an assignment?", mineLead: "Say what the rule does not know. Who leads you answers; until then the customer stays yours.",
    open: "Appeal against an assignment", openOf: (what: string) => `Appeal: ${what}`, account: "Customer", role: "Role", employee: "Holder", reason: "Why it should be another’s", reasonHint: "What the rule does not know: a relationship, a place, a skill, a conflict of interests", state: "State", answer: "Answer", by: "Answered by", when: "On", number: "No.", send: "Appeal", sent: "Your appeal waits for an answer.",
    states: { open: "open", granted: "granted", denied: "denied", withdrawn: "withdrawn" },
    withdraw: "Withdraw", withdrawOf: (what: string) => `Withdraw the appeal: ${what}`, withdrawAsk: "The customer stays with its holder.", withdrawn: "Withdrawn.",
    read: "Read", readOf: (what: string) => `Read: ${what}`, act: "Answer", actOf: (what: string) => `Answer: ${what}`, grant: "Grant: it should be another’s", deny: "Deny: it stays", decision: "Decision", words: "In words", wordsHint: "Whoever appealed reads this", answered: "Answered.", then: "Granted. Now give the customer to somebody.", give: "Give the customer to another", own: "Nobody answers an appeal of their own.",
    none: "Nobody has appealed", noneText: "When somebody disagrees with an assignment, it stands here until it is answered.", noneMine: "You have appealed against nothing.", table: "Appeals", actions: "Next",
  },
  {
    title: "Възражения", lead: "Някой казва защо клиент трябва да е на друг. Отговаря ръководителят му; после клиентът се дава на друг на ръка или в следващия план.",
    mine: "Не сте съгласни с разпределението?", mineLead: "Кажете какво правилото не знае. Отговаря ръководителят ви; дотогава клиентът остава ваш.",
    open: "Възрази срещу разпределение", openOf: (what) => `Възражение: ${what}`, account: "Клиент", role: "Роля", employee: "Отговорен", reason: "Защо трябва да е на друг", reasonHint: "Какво правилото не знае: отношения, място, умение, конфликт на интереси", state: "Състояние", answer: "Отговор", by: "Отговорил", when: "На", number: "№", send: "Възрази", sent: "Възражението ви чака отговор.",
    states: { open: "открито", granted: "уважено", denied: "отхвърлено", withdrawn: "оттеглено" },
    withdraw: "Оттегли", withdrawOf: (what) => `Оттегли възражението: ${what}`, withdrawAsk: "Клиентът остава при отговорния за него.", withdrawn: "Оттеглено.",
    read: "Прочети", readOf: (what) => `Прочети: ${what}`, act: "Отговори", actOf: (what) => `Отговори: ${what}`, grant: "Уважи: да е на друг", deny: "Отхвърли: остава", decision: "Решение", words: "С думи", wordsHint: "Чете го този, който е възразил", answered: "Отговорено.", then: "Уважено. Сега дайте клиента на някого.", give: "Дай клиента на друг", own: "Никой не отговаря на собственото си възражение.",
    none: "Никой не е възразил", noneText: "Когато някой не е съгласен с разпределение, то стои тук, докато му се отговори.", noneMine: "Срещу нищо не сте възразили.", table: "Възражения", actions: "Следва",
  },
);
