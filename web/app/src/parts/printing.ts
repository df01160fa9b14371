/** Whether the page is being put on paper, where all rows have to be and not only those in sight. */
import { useEffect, useState } from "react";
import { flushSync } from "react-dom";

export function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const paper = matchMedia("print");
    // The browser takes the page as it stands when this returns.
    const change = () => flushSync(() => setPrinting(paper.matches));
    paper.addEventListener("change", change);
    return () => paper.removeEventListener("change", change);
  }, []);
  return printing;
}
