-- Absences and who stands in. A row is never altered or removed, except that superseded_at/superseded_by are set once: an
-- absence that ends otherwise is superseded and stated anew, with its covers.

CREATE TABLE absences (
    id             BIGINT PRIMARY KEY,
    employee_id    TEXT COLLATE "C" NOT NULL,
    valid_from     TEXT COLLATE "C" NOT NULL CHECK (length(valid_from) = 10),
    valid_to       TEXT COLLATE "C" CHECK (length(valid_to) = 10 AND valid_to > valid_from),
    reason         TEXT COLLATE "C" NOT NULL,
    recorded_at    BIGINT NOT NULL,
    recorded_by    BIGINT NOT NULL,
    superseded_at  BIGINT,
    superseded_by  BIGINT,
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
);
CREATE INDEX absences_of_employee ON absences (employee_id, valid_from);

-- "For everything else" is the empty role.
CREATE TABLE covers (
    absence_id     BIGINT NOT NULL REFERENCES absences (id),
    role           TEXT COLLATE "C" NOT NULL,
    product_line   TEXT COLLATE "C" NOT NULL,
    substitute_id  TEXT COLLATE "C" NOT NULL,
    rule           TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (absence_id, role, product_line)
);

-- Nobody is away twice at a time. The store says so first; this is the second fence.
CREATE FUNCTION absences_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM absences AS other
        WHERE other.superseded_at IS NULL AND other.employee_id = NEW.employee_id
          AND (NEW.valid_to IS NULL OR other.valid_from < NEW.valid_to)
          AND (other.valid_to IS NULL OR other.valid_to > NEW.valid_from))
    THEN
        RAISE EXCEPTION 'two absences of one employee at a time';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER absences_once BEFORE INSERT ON absences FOR EACH ROW
    WHEN (NEW.superseded_at IS NULL) EXECUTE FUNCTION absences_once();
CREATE TRIGGER absences_one_writer BEFORE INSERT OR UPDATE ON absences
    FOR EACH STATEMENT EXECUTE FUNCTION one_writer();

CREATE TRIGGER absences_append_only BEFORE UPDATE ON absences FOR EACH ROW
WHEN (OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR (NEW.id, NEW.employee_id, NEW.valid_from, NEW.valid_to, NEW.reason, NEW.recorded_at, NEW.recorded_by)
  IS DISTINCT FROM (OLD.id, OLD.employee_id, OLD.valid_from, OLD.valid_to, OLD.reason, OLD.recorded_at, OLD.recorded_by))
EXECUTE FUNCTION append_only('absences are append-only');
CREATE TRIGGER covers_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON covers FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('covers are append-only');
CREATE TRIGGER absences_stay BEFORE DELETE OR TRUNCATE ON absences FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('absences are append-only');

REVOKE UPDATE, DELETE, TRUNCATE ON absences, covers FROM CURRENT_USER;
-- (This also lets the foreign key of covers lock the row it points to.)
GRANT UPDATE (superseded_at, superseded_by) ON absences TO CURRENT_USER;
