/** Language and colours. */
import { Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { useLanguage, useWords, type Language } from "../i18n";
import { common } from "../i18n/common";
import { Button } from "../parts/basics";
import { useTheme, type Theme } from "./theme";

export function LanguageSwitch() {
  const words = useWords(common);
  const { setLanguage } = useLanguage();
  return (
    <Button look="quiet" className="language" onPress={() => setLanguage(words.otherCode as Language)}>
      <span lang={words.otherCode}>{words.other}</span>
    </Button>
  );
}

export function ThemeSwitch() {
  const words = useWords(common).theme;
  const { theme, setTheme } = useTheme();
  return (
    <MenuTrigger>
      <Button look="quiet" icon="sun" aria-label={words.label} />
      <Popover className="popover" placement="bottom end">
        <Menu className="listbox" selectionMode="single" selectedKeys={[theme]} onAction={(key) => setTheme(key as Theme)} aria-label={words.label}>
          {(["light", "dark", "system"] as const).map((one) => (
            <MenuItem key={one} id={one} className="option">
              {words[one]}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
