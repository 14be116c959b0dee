-- name: assembly
-- One Assembly by its id.
SELECT * FROM assemblies WHERE id = :id;

-- name: save_assembly
-- A new Assembly, or what changed of an old one.
INSERT INTO assemblies (id, account, state, created, finished, params, head)
VALUES (:id, :account, :state, :created, :finished, :params, :head)
ON CONFLICT (id) DO UPDATE SET state = :state, finished = :finished, head = :head;

-- name: open_assemblies
-- Those that a restart has to go on with, oldest first.
SELECT id FROM assemblies WHERE finished IS NULL ORDER BY created;

-- name: all_assemblies
-- Everything, for the doctor.
SELECT * FROM assemblies ORDER BY id;

-- name: give_up
-- One that cannot be read ends; its rows stay as they are.
UPDATE assemblies SET state = 'failed', finished = :at WHERE id = :id AND finished IS NULL;

-- name: states
-- How many go on, and how many ended since a moment, by their states.
SELECT 1 AS open, state, count(*) AS count FROM assemblies WHERE finished IS NULL GROUP BY state
UNION ALL
SELECT 0 AS open, state, count(*) AS count FROM assemblies WHERE finished >= :since GROUP BY state;

-- name: late_assemblies
-- Those that are still open although they began before a moment.
SELECT id FROM assemblies WHERE finished IS NULL AND created < :before ORDER BY created LIMIT 100;

-- name: stale_assemblies
-- Those whose temporary files have outlived their time.
SELECT id FROM assemblies WHERE finished < :before AND swept = 0 ORDER BY finished LIMIT 100;

-- name: mark_swept
-- The files of an Assembly are about to go.
UPDATE assemblies SET swept = 1 WHERE id = :id;

-- name: old_assemblies
-- Those whose records have outlived their time.
SELECT id FROM assemblies WHERE finished < :before AND swept = 1 ORDER BY finished LIMIT 100;

-- name: delete_assembly
-- The record itself.
DELETE FROM assemblies WHERE id = :id;

-- name: delete_uploads
-- Its uploads.
DELETE FROM uploads WHERE assembly = :id;

-- name: delete_files
-- Its files.
DELETE FROM files WHERE assembly = :id;

-- name: delete_jobs
-- Its jobs.
DELETE FROM jobs WHERE assembly = :id;

-- name: spend_ticket
-- A request that may be made once is made.
INSERT INTO tickets (digest, expires) VALUES (:digest, :expires) ON CONFLICT (digest) DO NOTHING;

-- name: forget_tickets
-- Those of requests that have expired.
DELETE FROM tickets WHERE expires < :before;

-- name: save_seal
-- How an Assembly has ended; only the first time counts.
INSERT INTO seals (assembly, seal) VALUES (:assembly, :seal) ON CONFLICT (assembly) DO NOTHING;

-- name: seals
-- How all of them had ended, for the doctor.
SELECT assembly, seal FROM seals;

-- name: has_seals
-- Whether a server has opened this file since there are seals.
SELECT name FROM sqlite_master WHERE name = 'seals';

-- name: delete_seals
-- Its seal.
DELETE FROM seals WHERE assembly = :id;

-- name: uploads
-- The uploads of an Assembly.
SELECT upload FROM uploads WHERE assembly = :assembly ORDER BY rowid;

-- name: save_upload
-- An upload, new or changed.
INSERT INTO uploads (assembly, id, upload) VALUES (:assembly, :id, :value)
ON CONFLICT (assembly, id) DO UPDATE SET upload = :value;

-- name: delete_upload
-- An upload that its client took back.
DELETE FROM uploads WHERE assembly = :assembly AND id = :id;

-- name: files
-- The files of an Assembly.
SELECT made FROM files WHERE assembly = :assembly ORDER BY rowid;

-- name: kept_files
-- The files whose bytes should be there, of the Assemblies in a range of ids.
SELECT files.assembly, files.id FROM files JOIN assemblies ON assemblies.id = files.assembly
WHERE files.assembly >= :first AND files.assembly < :last AND assemblies.swept = 0;

-- name: save_file
-- A file; an upload changes once, when all is known of it.
INSERT INTO files (assembly, id, made) VALUES (:assembly, :id, :value)
ON CONFLICT (assembly, id) DO UPDATE SET made = :value;

-- name: jobs
-- The jobs of an Assembly.
SELECT job FROM jobs WHERE assembly = :assembly ORDER BY rowid;

-- name: save_job
-- A job, new or changed.
INSERT INTO jobs (assembly, id, state, job) VALUES (:assembly, :id, :state, :value)
ON CONFLICT (assembly, id) DO UPDATE SET state = :state, job = :value;
