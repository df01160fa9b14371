/** Every page as it is looked at by axe, in both languages, at 390 px, and by the pictures. `name` is that of the picture. */
export const ADDRESSES = [
  { name: "sign-in", path: "/", user: null },
  { name: "overview", path: "/" },
  { name: "plans", path: "/plans" },
  { name: "studio", path: "/plans/{plan}", wait: "#studio-table table" },
  { name: "compare", path: "/plans/{plan}/compare", wait: "#compare-changes table" },
];
