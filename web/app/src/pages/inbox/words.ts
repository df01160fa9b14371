import { dictionary } from "../../i18n";
export const words = dictionary(
  {
    title: "Inbox", whose: "Which matters", mine: "Waiting for me", desk: "At the desk", overdue: "Overdue", all: "All", number: "No.", subject: "Subject", account: "Customer", came: "Came", due: "Due", state: "State", waits: "Waits for", channel: "How it came", unknown: "unknown caller",
    states: { open: "to be passed", passed: "passed", "in-progress": "in work", done: "done", dropped: "dropped" },
    channels: { call: "Call", "e-mail": "E-mail", letter: "Letter", visit: "Visit", "web-form": "Web form", message: "Message", other: "Other" },
    tasks: { "shipping-papers": "Shipping papers", "invoice-copy": "Copy of an invoice", appointment: "Appointment", other: "Other" },
    register: "Register", registerTitle: "What came in?", caller: "Who it was", callerHint: "Where the customer is not known, in words", text: "What was said", task: "Simple matter", noTask: "none", passTo: "Pass on to", nobodyYet: "Nobody yet", registered: (number: number) => `Registered as no. ${number}.`,
    empty: { mine: "Nothing waits for you", desk: "The desk is clear", overdue: "Nothing is overdue", all: "Nothing has come in yet" }, emptyText: "Register a call or an e-mail when it comes; it then waits for whoever answers for the customer at that stage.",
    steps: { registered: "registered", linked: "put to a customer", passed: "passed on", taken: "taken", "given-back": "given back", commented: "comment", done: "done", dropped: "dropped", reopened: "reopened" },
    take: "Take", pass: "Pass on", giveBack: "Give back", done: "Done", drop: "Drop", reopen: "Reopen", comment: "Comment", note: "Note", link: "Put to a customer", toRole: "By role or stage", toPerson: "Or to somebody by name", history: "What was done", forNobody: "nobody", insteadOf: (name: string) => `instead of ${name}`, standsWith: "Waits for", concerns: "Concerns", received: "Received by", missing: "There is no such matter.", back: "To the inbox",
  },
  {
    title: "Входящи", whose: "Кои въпроси", mine: "Чакат мен", desk: "На бюрото", overdue: "Просрочени", all: "Всички", number: "№", subject: "Тема", account: "Клиент", came: "Постъпило", due: "Срок", state: "Състояние", waits: "Чака", channel: "Как постъпи", unknown: "непознат",
    states: { open: "за предаване", passed: "предаден", "in-progress": "в работа", done: "готов", dropped: "отпаднал" },
    channels: { call: "Обаждане", "e-mail": "Имейл", letter: "Писмо", visit: "Посещение", "web-form": "Формуляр", message: "Съобщение", other: "Друго" },
    tasks: { "shipping-papers": "Документи за изпращане", "invoice-copy": "Копие от фактура", appointment: "Среща", other: "Друго" },
    register: "Запиши", registerTitle: "Какво постъпи?", caller: "Кой беше", callerHint: "Когато клиентът не е известен, с думи", text: "Какво беше казано", task: "Проста задача", noTask: "няма", passTo: "Предай на", nobodyYet: "Още на никого", registered: (number) => `Записано под № ${number}.`,
    empty: { mine: "Нищо не ви чака", desk: "Бюрото е чисто", overdue: "Нищо не е просрочено", all: "Още нищо не е постъпило" }, emptyText: "Запишете обаждане или имейл, когато дойде; после то чака този, който отговаря за клиента на този етап.",
    steps: { registered: "записан", linked: "отнесен към клиент", passed: "предаден", taken: "поет", "given-back": "върнат", commented: "бележка", done: "готов", dropped: "отпаднал", reopened: "отворен отново" },
    take: "Поеми", pass: "Предай", giveBack: "Върни", done: "Готово", drop: "Отхвърли", reopen: "Отвори отново", comment: "Бележка", note: "Бележка", link: "Отнеси към клиент", toRole: "По роля или етап", toPerson: "Или лично на някого", history: "Какво беше направено", forNobody: "никого", insteadOf: (name) => `вместо ${name}`, standsWith: "Чака", concerns: "Отнася се за", received: "Приел", missing: "Няма такъв въпрос.", back: "Към входящите",
  },
);
