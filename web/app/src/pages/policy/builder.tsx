/** A condition put together from fields, with its text beside it. */
import { useMemo, useState } from "react";
import { QueryBuilder, defaultOperators, formatQuery, type RuleGroupType } from "react-querybuilder";
import { parseSQL } from "react-querybuilder/parseSQL";
import { useWords } from "../../i18n";
import { useAttributes } from "../../lib/attributes";
import { Button } from "../../parts/basics";
import { TextField } from "../../parts/fields";
import { words } from "./words";

const NOTHING: RuleGroupType = { combinator: "and", rules: [] };

function read(when: string): RuleGroupType | null {
  if (when.trim() === "" || when.trim() === "true") return NOTHING;
  try {
    const parsed = parseSQL(when);
    return parsed.rules.length > 0 ? parsed : null;
  } catch {
    return null;
  }
}
const write = (query: RuleGroupType) => (query.rules.length === 0 ? "true" : formatQuery(query, { format: "sql", parseNumbers: true }).replace(/^\((.*)\)$/s, "$1"));

export default function Builder({ when, onUse }: { when: string; onUse(when: string): void }) {
  const say = useWords(words);
  const [text, setText] = useState(when);
  const [query, setQuery] = useState<RuleGroupType | null>(() => read(when));
  const names = useAttributes();
  const fields = useMemo(() => {
    const used = new Set<string>();
    const collect = (group: RuleGroupType) => group.rules.forEach((rule) => ("rules" in rule ? collect(rule as RuleGroupType) : used.add((rule as { field: string }).field)));
    if (query) collect(query);
    return [...new Set([...(names.data ?? []), ...used])].map((name) => ({ name, label: name }));
  }, [names.data, query]);
  const labels = useMemo(() => {
    const of = say.builder;
    return {
      operators: defaultOperators.map((one) => ({ ...one, label: of.operators[one.name as keyof typeof of.operators] })),
      combinators: [
        { name: "and", label: of.all },
        { name: "or", label: of.any },
      ],
      translations: {
        fields: { title: of.field },
        operators: { title: of.operator },
        value: { title: of.value },
        combinators: { title: of.combine },
        addRule: { label: of.addRule, title: of.addRuleHint },
        addGroup: { label: of.addGroup, title: of.addGroupHint },
        removeRule: { title: of.removeRule },
        removeGroup: { title: of.removeGroup },
      },
    };
  }, [say]);
  return (
    <div className="stack">
      {query ? (
        <QueryBuilder
          fields={fields}
          query={query}
          {...labels}
          onQueryChange={(next) => {
            setQuery(next);
            // As it was written, as long as it means the same.
            if (write(next) !== write(read(text) ?? NOTHING)) setText(write(next));
          }}
          controlClassnames={{ queryBuilder: "builder" }}
        />
      ) : (
        <p className="note warn">{say.cannot}</p>
      )}
      <TextField
        label={say.sql}
        value={text}
        lines={3}
        onChange={(next) => {
          setText(next);
          setQuery(read(next));
        }}
      />
      <div>
        <Button look="main" onPress={() => onUse(text)}>
          {say.use}
        </Button>
      </div>
    </div>
  );
}
