/** Periods by which sales are told and pay is due: `2026`, `2026-Q1`, `2026-03`. */
import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../api/client";

/** The periods in which there are orders, the newest first. */
export const usePayPeriods = () => useQuery({ queryKey: ["pay", "periods"], staleTime: 60_000, queryFn: () => ask(api.GET("/api/v1/pay-periods")) });

/** The first and the last day of a period, as `2026-01-01`. */
export function daysOf(period: string): { from: string; to: string } {
  const year = Number(period.slice(0, 4));
  const quarter = period.match(/-Q(\d)$/);
  const month = period.match(/-(\d\d)$/);
  const first = quarter ? Number(quarter[1]) * 3 - 3 : month ? Number(month[1]) - 1 : 0;
  const months = quarter ? 3 : month ? 1 : 12;
  const day = (of: Date) => of.toISOString().slice(0, 10);
  return { from: day(new Date(Date.UTC(year, first, 1))), to: day(new Date(Date.UTC(year, first + months, 0))) };
}
