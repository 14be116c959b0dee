-- name: assembly
-- One Assembly by its id.
SELECT * FROM assemblies WHERE id = :id;

-- name: save_assembly
-- A new Assembly, or what changed of an old one.
INSERT INTO assemblies (id, account, state, created, finished, params, head, template, error, updated, item,
    result_lifetime, record_lifetime)
VALUES (:id, :account, :state, :created, :finished, :params, :head, :template, :error, :updated, :item,
    :result_lifetime, :record_lifetime)
ON CONFLICT (id) DO UPDATE SET state = :state, finished = :finished, head = :head, error = :error, updated = :updated,
    item = :item;

-- name: item
-- What a list says of one Assembly, once it has ended.
SELECT id, item FROM assemblies WHERE id = :id;

-- name: count_assemblies
-- How many a list has on all its pages.
SELECT count(*) AS count FROM assemblies
WHERE account = :account AND created >= :low AND created < coalesce(:high, 9e99)
    AND (:assembly IS NULL OR id = :assembly) AND (:template IS NULL OR template = :template)
    AND (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
    AND (:errors IS NULL OR error IN (SELECT value FROM json_each(:errors)))
    AND (error IS NULL OR error NOT IN (SELECT value FROM json_each(:others)));

-- name: assembly_ids
-- One page of them.
SELECT id FROM assemblies
WHERE account = :account AND created >= :low AND created < coalesce(:high, 9e99)
    AND (:assembly IS NULL OR id = :assembly) AND (:template IS NULL OR template = :template)
    AND (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
    AND (:errors IS NULL OR error IN (SELECT value FROM json_each(:errors)))
    AND (error IS NULL OR error NOT IN (SELECT value FROM json_each(:others)))
ORDER BY :sign * CASE :by WHEN 'updated' THEN updated ELSE created END, id LIMIT :size OFFSET :start;

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
SELECT id FROM assemblies WHERE finished IS NULL AND created < :before ORDER BY created;

-- name: stale_assemblies
-- Those whose temporary files have outlived their time.
SELECT id FROM assemblies WHERE swept = 0 AND finished < :at - :lifetime AND result_lifetime IS NULL
UNION ALL
SELECT id FROM assemblies WHERE swept = 0 AND result_lifetime IS NOT NULL AND finished + result_lifetime < :at
LIMIT 100;

-- name: mark_swept
-- The files of an Assembly are about to go.
UPDATE assemblies SET swept = 1 WHERE id = :id;

-- name: old_assemblies
-- Those whose records have outlived their time. A short one does not go before its Notifications are out.
SELECT id FROM assemblies WHERE swept = 1 AND finished < :at - :lifetime AND record_lifetime IS NULL
UNION ALL
SELECT id FROM assemblies WHERE swept = 1 AND record_lifetime IS NOT NULL AND finished + record_lifetime < :at
    AND NOT EXISTS (SELECT 1 FROM notifications WHERE assembly = assemblies.id AND due IS NOT NULL)
LIMIT 100;

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

-- name: rates
-- What the server before has counted, as far as it is not over, the oldest first.
SELECT rate, name, whole FROM rates WHERE whole > :at ORDER BY whole;

-- name: save_rate
-- A name was counted.
INSERT INTO rates (rate, name, whole) VALUES (:rate, :name, :whole)
ON CONFLICT (rate, name) DO UPDATE SET whole = :whole;

-- name: forget_rates
-- Those that are over.
DELETE FROM rates WHERE whole <= :at;

-- name: save_seal
-- How an Assembly has ended; only the first time counts.
INSERT INTO seals (assembly, seal) VALUES (:assembly, :seal) ON CONFLICT (assembly) DO NOTHING;

-- name: add_usage
-- What a robot did for an Assembly that has ended.
INSERT INTO usage (account, month, robot, jobs, bytes_in, bytes_out)
VALUES (:account, :month, :robot, :jobs, :bytes_in, :bytes_out)
ON CONFLICT (account, month, robot) DO UPDATE SET jobs = jobs + :jobs, bytes_in = bytes_in + :bytes_in,
    bytes_out = bytes_out + :bytes_out;

-- name: usage
-- What the robots did for an account in a month.
SELECT robot, jobs, bytes_in, bytes_out FROM usage WHERE account = :account AND month = :month ORDER BY robot;

-- name: running_jobs
-- What an account runs at the moment, but for what may wait.
SELECT assembly, json_extract(job, '$.step') AS step, count(*) AS count
FROM assemblies JOIN jobs ON jobs.assembly = assemblies.id
WHERE finished IS NULL AND account = :account AND jobs.state = 'running' AND NOT json_extract(job, '$.batch')
GROUP BY assembly, step;

-- name: job_times
-- When the jobs of an Assembly ran, but for those that may wait.
SELECT json_extract(job, '$.started') AS started, json_extract(job, '$.finished') AS finished FROM jobs
WHERE assembly = :assembly AND json_extract(job, '$.started') IS NOT NULL AND NOT json_extract(job, '$.batch');

-- name: seals
-- How all of them had ended, for the doctor.
SELECT assembly, seal FROM seals;

-- name: has_seals
-- Whether a server has opened this file since there are seals.
SELECT name FROM sqlite_master WHERE name = 'seals';

-- name: delete_seals
-- Its seal.
DELETE FROM seals WHERE assembly = :id;

-- name: add_notification
-- One that is to be sent; only the first with its id counts.
INSERT INTO notifications (id, assembly, account, url, target, created, due)
VALUES (:id, :assembly, :account, :url, :target, :created, :created) ON CONFLICT (id) DO NOTHING;

-- name: notification
-- One by its id.
SELECT * FROM notifications WHERE id = :id;

-- name: notifications
-- Those of an Assembly, oldest first.
SELECT * FROM notifications WHERE assembly = :assembly ORDER BY created, id LIMIT 1000;

-- name: latest_notification
-- The last that went to the Assembly's own notify_url.
SELECT * FROM notifications WHERE assembly = :assembly AND url IS NULL ORDER BY created DESC, id LIMIT 1;

-- name: attempts
-- How often one was tried, in order.
SELECT * FROM attempts WHERE assembly = :assembly AND notification = :notification ORDER BY number;

-- name: due_notifications
-- Those that are due, oldest first.
SELECT id, target FROM notifications WHERE due <= :at ORDER BY due LIMIT :most;

-- name: due_of_each_target
-- Of each target the first few that are due. The targets are found one by one: many may wait for a single dead one.
WITH RECURSIVE targets (target) AS (
    SELECT min(target) FROM notifications WHERE due IS NOT NULL
    UNION ALL
    SELECT (SELECT min(target) FROM notifications WHERE due IS NOT NULL AND target > targets.target)
    FROM targets WHERE targets.target IS NOT NULL
)
SELECT id, notifications.target FROM targets CROSS JOIN notifications WHERE id IN (
    SELECT one.id FROM notifications AS one
    WHERE one.target = targets.target AND one.due <= :at AND one.due IS NOT NULL ORDER BY one.due LIMIT :few
)
ORDER BY due LIMIT :most;

-- name: next_notification
-- When the next one is due.
SELECT min(due) AS due FROM notifications WHERE due > :at;

-- name: save_attempt
-- An attempt is over.
INSERT INTO attempts (assembly, notification, number, start, duration, code, data, error)
VALUES (:assembly, :notification, :number, :start, :duration, :code, :data, :error)
ON CONFLICT (assembly, notification, number) DO NOTHING;

-- name: save_notification
-- What follows from that; the record may have gone meanwhile.
UPDATE notifications SET due = :due, tries = :tries, failed = :failed WHERE id = :id;

-- name: notification_counts
-- How many wait for their first attempt or for another one, and how many were given up.
SELECT iif(failed, 'failing', 'waiting') AS state, count(*) AS count FROM notifications WHERE due IS NOT NULL
GROUP BY failed
UNION ALL
SELECT 'given_up', count(*) FROM notifications WHERE due IS NULL AND failed = 1;

-- name: stray_notifications
-- Those whose Assembly is gone.
SELECT id FROM notifications WHERE assembly NOT IN (SELECT id FROM assemblies);

-- name: delete_notifications
-- Its Notifications.
DELETE FROM notifications WHERE assembly = :id;

-- name: delete_attempts
-- What came of them.
DELETE FROM attempts WHERE assembly = :id;

-- name: uploads
-- The uploads of an Assembly.
SELECT id, upload FROM uploads WHERE assembly = :assembly ORDER BY rowid;

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

-- name: template
-- One Template of an account, by its id or its name.
SELECT * FROM templates WHERE account = :account AND (id = :ref OR name = :ref);

-- name: templates
-- Those of an account, without what is in them.
SELECT id, name, created, modified, last_used FROM templates WHERE account = :account;

-- name: add_template
-- A new Template; none when its name is taken.
INSERT INTO templates (id, account, name, content, signed, status_expiry, result_expiry, created, modified)
VALUES (:id, :account, :name, :content, :signed, :status_expiry, :result_expiry, :created, :modified)
ON CONFLICT DO NOTHING;

-- name: change_template
-- A Template as its owner wants it from now on; none when its name is taken.
UPDATE OR IGNORE templates SET name = :name, content = :content, signed = :signed, status_expiry = :status_expiry,
    result_expiry = :result_expiry, modified = :modified
WHERE id = :id AND account = :account;

-- name: use_template
-- When it was last used, to the minute.
UPDATE templates SET last_used = :at WHERE id = :id AND (last_used IS NULL OR last_used < :at - 60);

-- name: delete_template
-- One that its owner wants no more.
DELETE FROM templates WHERE account = :account AND (id = :ref OR name = :ref);

-- name: credential
-- One set of Template Credentials of an account, by its id or its name.
SELECT * FROM credentials WHERE account = :account AND (id = :ref OR name = :ref);

-- name: credentials
-- Those of an account, without what is in them.
SELECT id, name, type, created, modified FROM credentials WHERE account = :account;

-- name: add_credential
-- A new set; none when its name is taken.
INSERT INTO credentials (id, account, name, type, content, created, modified)
VALUES (:id, :account, :name, :type, :content, :created, :modified)
ON CONFLICT DO NOTHING;

-- name: change_credential
-- A set as its owner wants it from now on; none when its name is taken.
UPDATE OR IGNORE credentials SET name = :name, type = :type, content = :content, modified = :modified
WHERE id = :id AND account = :account;

-- name: delete_credential
-- One that its owner wants no more.
DELETE FROM credentials WHERE account = :account AND (id = :ref OR name = :ref);

-- name: accounts
-- All of them; the first one may have no row.
SELECT * FROM accounts;

-- name: add_account
-- A new one; none when its name is taken.
INSERT INTO accounts (id, name, options, created) VALUES (:id, :name, :options, :created) ON CONFLICT DO NOTHING;

-- name: change_account
-- What holds for it from now on.
UPDATE accounts SET options = :options WHERE id = :id;

-- name: delete_account
-- Nobody can use it any more.
DELETE FROM accounts WHERE id = :id;

-- name: delete_auth_keys
-- Those of an account that goes.
DELETE FROM auth_keys WHERE account = :account;

-- name: delete_templates
-- Likewise.
DELETE FROM templates WHERE account = :account;

-- name: delete_credentials
-- Likewise.
DELETE FROM credentials WHERE account = :account;

-- name: running
-- How many Assemblies of an account go on.
SELECT count(*) AS count FROM assemblies WHERE finished IS NULL AND account = :account;

-- name: all_auth_keys
-- Those of every account, with their sealed secrets.
SELECT * FROM auth_keys;

-- name: auth_keys
-- Those of an account, the oldest first.
SELECT * FROM auth_keys WHERE account = :account ORDER BY created, id;

-- name: auth_key
-- One of them.
SELECT * FROM auth_keys WHERE id = :id AND account = :account;

-- name: add_auth_key
-- A new one; none when somebody has a key of this name.
INSERT INTO auth_keys (id, account, auth_key, secret, description, scope, algo, active, smart_cdn, shown, created, modified)
VALUES (:id, :account, :auth_key, :secret, :description, :scope, :algo, :active, :smart_cdn, :shown, :created, :modified)
ON CONFLICT DO NOTHING;

-- name: change_auth_key
-- A key as its owner wants it from now on.
UPDATE auth_keys SET description = :description, scope = :scope, algo = :algo, active = :active,
    smart_cdn = :smart_cdn, modified = :modified
WHERE id = :id AND account = :account;

-- name: use_auth_key
-- When it was last used, to the minute.
UPDATE auth_keys SET last_used = :at WHERE id = :id AND (last_used IS NULL OR last_used < :at - 60);

-- name: delete_auth_key
-- One that its owner wants no more.
DELETE FROM auth_keys WHERE id = :id AND account = :account;

-- name: data_version
-- Another number when another process has changed the database.
PRAGMA data_version;

-- name: tables
-- What a file of an earlier version may lack some of.
SELECT name FROM sqlite_master WHERE type = 'table';

-- name: keys_of_auth_keys
-- The names of the master keys that have sealed their secrets.
SELECT DISTINCT substr(secret, 4, 16) AS id FROM auth_keys;

-- name: sealed_auth_keys
-- Some of them, in steady order.
SELECT id, account, secret AS sealed FROM auth_keys WHERE id > :after ORDER BY id LIMIT 200;

-- name: reseal_auth_keys
-- The same with another key.
UPDATE auth_keys SET secret = :sealed WHERE id = :id;

-- name: master_keys
-- The names of the keys that may have sealed something.
SELECT id FROM master_keys;

-- name: has_master_keys
-- Whether a server has opened this file since secrets are sealed.
SELECT name FROM sqlite_master WHERE name = 'master_keys';

-- name: note_master_key
-- A key is about to seal.
INSERT INTO master_keys (id) VALUES (:id) ON CONFLICT DO NOTHING;

-- name: forget_master_key
-- One that seals nothing any more.
DELETE FROM master_keys WHERE id = :id;

-- name: keys_in_use
-- The names of the keys that have sealed something: they stand between the first two dots.
SELECT DISTINCT substr(content, 4, 16) AS id FROM templates
UNION SELECT DISTINCT substr(content, 4, 16) FROM credentials
UNION SELECT DISTINCT substr(params, 4, 16) FROM assemblies WHERE params LIKE 'v1.%';

-- name: keys_of_notifications
-- Likewise, of a table that older servers had not.
SELECT DISTINCT substr(url, 4, 16) AS id FROM notifications WHERE url IS NOT NULL;

-- name: sealed_templates
-- Some of what is sealed, in steady order.
SELECT id, account, content AS sealed FROM templates WHERE id > :after ORDER BY id LIMIT 200;

-- name: sealed_credentials
-- Likewise.
SELECT id, account, content AS sealed FROM credentials WHERE id > :after ORDER BY id LIMIT 200;

-- name: sealed_assemblies
-- Likewise; those of an earlier version are not sealed.
SELECT id, account, params AS sealed FROM assemblies WHERE id > :after AND params LIKE 'v1.%' ORDER BY id LIMIT 200;

-- name: sealed_notifications
-- Likewise; most go to the notify_url of their Assembly.
SELECT id, account, url AS sealed FROM notifications WHERE id > :after AND url IS NOT NULL ORDER BY id LIMIT 200;

-- name: reseal_templates
-- The same with another key.
UPDATE templates SET content = :sealed WHERE id = :id;

-- name: reseal_credentials
-- Likewise.
UPDATE credentials SET content = :sealed WHERE id = :id;

-- name: reseal_assemblies
-- Likewise.
UPDATE assemblies SET params = :sealed WHERE id = :id;

-- name: reseal_notifications
-- Likewise.
UPDATE notifications SET url = :sealed WHERE id = :id;
