-- SPDX-License-Identifier: Apache-2.0
-- Work that is over goes after its time; deliveries are found without looking at other work, each receiver's apart.

-- A delivery's `se` is the party that it goes to.
UPDATE job SET se = party WHERE kind = 6;
UPDATE job SET se = COALESCE((SELECT m.peer FROM partner_message m WHERE m.id = job.ref), party) WHERE kind = 5;

DROP INDEX job_due;
CREATE INDEX job_due ON job(due, id) WHERE state BETWEEN 1 AND 3 AND kind NOT BETWEEN 5 AND 6;
CREATE INDEX job_delivery ON job(kind, se, due, id) WHERE state BETWEEN 1 AND 3 AND kind BETWEEN 5 AND 6;
CREATE INDEX seram_session_expires ON seram_session(expires);

-- Counters of key sets that are gone; from now on they go with their key set.
DELETE FROM counter WHERE keyset NOT IN (SELECT id FROM keyset);
