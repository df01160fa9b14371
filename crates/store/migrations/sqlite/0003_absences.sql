-- Absences and who stands in. A row is never altered or removed, except that superseded_at/superseded_by are set once: an
-- absence that ends otherwise is superseded and stated anew, with its covers.

CREATE TABLE absences (
    id             INTEGER PRIMARY KEY,
    employee_id    TEXT NOT NULL,
    valid_from     TEXT NOT NULL CHECK (length(valid_from) = 10),
    valid_to       TEXT CHECK (length(valid_to) = 10 AND valid_to > valid_from),
    reason         TEXT NOT NULL,
    recorded_at    INTEGER NOT NULL,
    recorded_by    INTEGER NOT NULL,
    superseded_at  INTEGER,
    superseded_by  INTEGER,
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
) STRICT;
CREATE INDEX absences_of_employee ON absences (employee_id, valid_from);

-- "For everything else" is the empty role.
CREATE TABLE covers (
    absence_id     INTEGER NOT NULL REFERENCES absences (id),
    role           TEXT NOT NULL,
    product_line   TEXT NOT NULL,
    substitute_id  TEXT NOT NULL,
    rule           TEXT NOT NULL,
    PRIMARY KEY (absence_id, role, product_line)
) STRICT;

-- Nobody is away twice at a time. The store says so first; this is the second fence.
CREATE TRIGGER absences_once BEFORE INSERT ON absences
WHEN NEW.superseded_at IS NULL AND EXISTS (
    SELECT 1 FROM absences AS other
    WHERE other.superseded_at IS NULL AND other.employee_id = NEW.employee_id
      AND (NEW.valid_to IS NULL OR other.valid_from < NEW.valid_to)
      AND (other.valid_to IS NULL OR other.valid_to > NEW.valid_from))
BEGIN SELECT RAISE(ABORT, 'two absences of one employee at a time'); END;

CREATE TRIGGER absences_append_only BEFORE UPDATE ON absences
WHEN OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR NEW.id <> OLD.id OR NEW.employee_id <> OLD.employee_id OR NEW.valid_from <> OLD.valid_from
  OR NEW.valid_to IS NOT OLD.valid_to OR NEW.reason <> OLD.reason
  OR NEW.recorded_at <> OLD.recorded_at OR NEW.recorded_by <> OLD.recorded_by
BEGIN SELECT RAISE(ABORT, 'absences are append-only'); END;
CREATE TRIGGER covers_never_change BEFORE UPDATE ON covers
BEGIN SELECT RAISE(ABORT, 'covers are append-only'); END;
CREATE TRIGGER absences_stay BEFORE DELETE ON absences
BEGIN SELECT RAISE(ABORT, 'absences are append-only'); END;
CREATE TRIGGER covers_stay BEFORE DELETE ON covers
BEGIN SELECT RAISE(ABORT, 'covers are append-only'); END;
