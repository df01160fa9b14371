/** From which day to which: everything, a year, a period of pay, or days of one's own. It stands in the address. */
import { useState } from "react";
import { useWords, dictionary, useFormat } from "../i18n";
import { daysOf, usePayPeriods } from "../lib/periods";
import { useChange, useParam } from "../lib/url";
import { DayField, SelectField } from "./fields";

const words = dictionary(
  { period: "Period", all: "Everything", own: "Days of one's own", from: "From", to: "To" },
  { period: "Период", all: "Всичко", own: "По избор", from: "От", to: "До" },
);

export function useSpan(): { from: string; to: string } {
  const [from] = useParam("from");
  const [to] = useParam("to");
  return { from, to };
}

export function Span() {
  const say = useWords(words);
  const format = useFormat();
  const { from, to } = useSpan();
  const change = useChange();
  const known = usePayPeriods();
  const periods = known.data?.periods ?? [];
  const years = [...new Set(periods.map((one) => one.period.slice(0, 4)))];
  const spans = [...years, ...periods.map((one) => one.period).filter((period) => !years.includes(period))];
  const named = spans.find((period) => daysOf(period).from === from && daysOf(period).to === to);
  const [own, setOwn] = useState(false);
  const chosen = own ? "own" : from === "" && to === "" ? "all" : (named ?? "own");
  const choose = (value: string) => {
    setOwn(value === "own");
    if (value === "all") change({ from: "", to: "" });
    else if (value !== "own") change(daysOf(value));
  };
  return (
    <>
      <SelectField label={say.period} value={chosen} onChange={choose} choices={[{ value: "all", label: say.all }, ...spans.map((value) => ({ value, label: value })), { value: "own", label: say.own }].sort((a, b) => (a.value === "all" ? -1 : b.value === "all" ? 1 : a.value === "own" ? 1 : b.value === "own" ? -1 : -format.compare(a.value.padEnd(7, "~"), b.value.padEnd(7, "~"))))} />
      {chosen === "own" && (
        <>
          <DayField label={say.from} value={from} onChange={(value) => change({ from: value })} />
          <DayField label={say.to} value={to} onChange={(value) => change({ to: value })} />
        </>
      )}
    </>
  );
}
