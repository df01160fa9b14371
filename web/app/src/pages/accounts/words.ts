import { dictionary } from "../../i18n";
export const words = dictionary(
  {
    title: "Customers", mine: "My customers", lead: (count: string) => `${count} customers that you may see today`,
    id: "Id", name: "Customer", segment: "Segment", group: "Group", map: "Map", showMap: "Show the map", hideMap: "Hide the map", mapLabel: "customers in the list",
    empty: "No customers yet", emptyText: "Import them from a file, or apply a plan whose sources name them.", import: "Import customers",
    noMine: "You answer for no customer today", noMineText: "When a plan gives you customers they stand here, with the reason.",
    changes: "What changes and when", changesLead: "Plans that are approved or proposed may change who answers. You see your own part once a plan is applied on its day.", noChange: "Nothing is known to change.",
  },
  {
    title: "Клиенти", mine: "Моите клиенти", lead: (count) => `${count} клиенти, които виждате днес`,
    id: "Номер", name: "Клиент", segment: "Сегмент", group: "Група", map: "Карта", showMap: "Покажи картата", hideMap: "Скрий картата", mapLabel: "клиентите в списъка",
    empty: "Още няма клиенти", emptyText: "Внесете ги от файл или приложете план, чиито източници ги съдържат.", import: "Внеси клиенти",
    noMine: "Днес не отговаряте за нито един клиент", noMineText: "Когато план ви даде клиенти, те ще са тук заедно с причината.",
    changes: "Какво и кога се променя", changesLead: "Одобрени или предложени планове могат да променят кой отговаря. Своята част виждате, щом планът бъде приложен в деня си.", noChange: "Не се знае нищо да се променя.",
  },
);
