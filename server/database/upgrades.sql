-- name: from_2
-- Lists of Assemblies: what they are chosen and sorted by, and what they show.
ALTER TABLE assemblies ADD COLUMN template TEXT;
ALTER TABLE assemblies ADD COLUMN error TEXT;
ALTER TABLE assemblies ADD COLUMN updated REAL;
ALTER TABLE assemblies ADD COLUMN item TEXT;
UPDATE assemblies SET template = json_extract(head, '$.request.template_id'),
    error = json_extract(head, '$.error.error'), updated = coalesce(finished, created);

-- name: from_3
-- How long an Assembly is kept may be its Template's to say.
ALTER TABLE assemblies ADD COLUMN result_lifetime REAL;
ALTER TABLE assemblies ADD COLUMN record_lifetime REAL;
