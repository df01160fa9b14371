/** Languages of the page: the two dictionaries, and numbers and dates as each language writes them. */
import type { Language } from "../data";
import { bg } from "./bg";
import { en, type Words } from "./en";

export const dictionaries: Record<Language, Words> = { en, bg };

export interface Format {
  language: Language;
  number(value: number): string;
  /** Short form for axes: 1.2K. */
  compact(value: number): string;
  percent(share: number): string;
  /** With a sign: +1.2 %. */
  signedPercent(share: number): string;
  date(iso: string): string;
  seconds(value: number): string;
  country(alpha2: string, english: string): string;
  compare(a: string, b: string): number;
}

export function formatFor(language: Language): Format {
  const locale = language === "bg" ? "bg-BG" : "en-GB";
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const small = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumSignificantDigits: 3 });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const signed = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1, signDisplay: "exceptZero" });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });
  const seconds = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const regions = new Intl.DisplayNames([locale], { type: "region", style: "short", fallback: "none" });
  const collator = new Intl.Collator(locale, { numeric: true });
  return {
    language,
    number: (value) => (Math.abs(value) < 100 && !Number.isInteger(value) ? small : whole).format(value),
    compact: (value) => compact.format(value),
    percent: (share) => percent.format(share),
    signedPercent: (share) => signed.format(share),
    date: (iso) => {
      const time = Date.parse(iso.slice(0, 10) + "T00:00:00Z");
      return Number.isNaN(time) ? iso : date.format(time);
    },
    seconds: (value) => seconds.format(value),
    country: (alpha2, english) => (alpha2 && regions.of(alpha2)) || english,
    compare: collator.compare,
  };
}
