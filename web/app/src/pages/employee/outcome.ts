import type { Outcome } from "../../api/schema";
/** The description leaves free how many pass to whom. */
export type HandOverOutcome = Omit<Outcome, "to"> & { to: Record<string, number> };
