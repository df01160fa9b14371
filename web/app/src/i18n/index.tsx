/**
 * Languages. Each page keeps its words beside it: `dictionary({ en }, { bg })`; the compiler refuses a Bulgarian text that
 * is missing, one too many, or of another shape. `useWords(words)` gives those of the language in use.
 */
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { I18nProvider } from "react-aria-components";

export type Language = "en" | "bg";

/** The same keys; texts may differ, and so may what functions make of the same arguments. */
export type Shape<T> = T extends string ? string : T extends (...given: infer Given) => string ? (...given: Given) => string : { readonly [Key in keyof T]: Shape<T[Key]> };

export interface Dictionary<Words> {
  readonly en: Words;
  readonly bg: Words;
}

export function dictionary<const Words>(en: Words, bg: Shape<Words>): Dictionary<Shape<Words>> {
  return { en: en as Shape<Words>, bg };
}

const KEPT = "bailiwick.language";
interface Spoken {
  language: Language;
  setLanguage(language: Language): void;
}
const Context = createContext<Spoken>({ language: "en", setLanguage: () => undefined });

const initial = (): Language => (document.documentElement.lang === "bg" ? "bg" : "en");

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, set] = useState<Language>(initial);
  const setLanguage = useCallback((chosen: Language) => {
    localStorage.setItem(KEPT, chosen);
    set(chosen);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const spoken = useMemo(() => ({ language, setLanguage }), [language, setLanguage]);
  return (
    <Context.Provider value={spoken}>
      <I18nProvider locale={language === "bg" ? "bg-BG" : "en-GB"}>{children}</I18nProvider>
    </Context.Provider>
  );
}

export const useLanguage = (): Spoken => useContext(Context);

export function useWords<Words>(words: Dictionary<Words>): Words {
  return words[useContext(Context).language];
}

/** How numbers and days are written in the language in use. */
export interface Format {
  number(value: number, digits?: number): string;
  /** 0.25 → 25 % */
  percent(value: number, digits?: number): string;
  /** With cents, or so many digits. */
  money(value: number | string, currency: string, digits?: number): string;
  /** An amount whose currency is known: with its cents. */
  cents(value: number | string): string;
  /** A day `2026-03-01`, which is the same everywhere. */
  day(text: string | null | undefined): string;
  /** An instant, in the time zone of whoever reads. */
  moment(text: string | null | undefined): string;
  compare(a: string, b: string): number;
  list(items: string[]): string;
}

function formatOf(language: Language): Format {
  const locale = language === "bg" ? "bg-BG" : "en-GB";
  const numbers = new Map<number, Intl.NumberFormat>();
  const ofDigits = (digits: number) => {
    let kept = numbers.get(digits);
    if (!kept) numbers.set(digits, (kept = new Intl.NumberFormat(locale, { maximumFractionDigits: digits })));
    return kept;
  };
  const cents = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const days = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  const moments = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: "base" });
  const lists = new Intl.ListFormat(locale, { type: "conjunction" });
  return {
    number: (value, digits = 0) => ofDigits(digits).format(value),
    percent: (value, digits = 0) => `${ofDigits(digits).format(value * 100)} %`,
    money: (value, currency, digits) => new Intl.NumberFormat(locale, { style: "currency", currency, ...(digits !== undefined && { maximumFractionDigits: digits, minimumFractionDigits: 0 }) }).format(Number(value)),
    cents: (value) => cents.format(Number(value)),
    day: (text) => (text ? days.format(new Date(`${text.slice(0, 10)}T00:00:00Z`)) : ""),
    moment: (text) => (text ? moments.format(new Date(text)) : ""),
    compare: (a, b) => collator.compare(a, b),
    list: (items) => lists.format(items),
  };
}
const formats: Record<Language, Format> = { en: formatOf("en"), bg: formatOf("bg") };
export const useFormat = (): Format => formats[useContext(Context).language];
