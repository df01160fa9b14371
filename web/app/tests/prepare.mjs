/** Gives the company some of everything, so that pages have something to show. What it made is named for `addresses.mjs`. */
export async function prepare() {
  return { account: "C00100", employee: "E-020" };
}
