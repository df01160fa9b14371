-- A row that is superseded already holds nothing, so it is no second owner: a backup puts such rows back.
DROP TRIGGER assignments_one_owner;
CREATE TRIGGER assignments_one_owner BEFORE INSERT ON assignments
WHEN NEW.superseded_at IS NULL AND EXISTS (
    SELECT 1 FROM assignments AS other
    WHERE other.superseded_at IS NULL
      AND other.account_id = NEW.account_id AND other.role = NEW.role AND other.product_line = NEW.product_line
      AND (NEW.valid_to IS NULL OR other.valid_from < NEW.valid_to)
      AND (other.valid_to IS NULL OR other.valid_to > NEW.valid_from))
BEGIN
    SELECT RAISE(ABORT, 'two owners of one account, role and product line at a time');
END;
