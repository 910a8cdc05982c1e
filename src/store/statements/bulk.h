/* SPDX-License-Identifier: Apache-2.0 */
/* Campaigns of providers. States: 0 running, 1 paused, 2 stopped, 3 done; targets: 0 planned, 1 running, 2
 * done, 3 failed. A choice that is not made is 0 or ''. */
S(BULK_ADD, "iiiiittiiiiiiiiiiiii",
  "INSERT INTO bulk(id, party, operation, service, job, version, choice, per_minute, at_once, canary, "
  "canary_holds, "
  "stop_percent, judged_from, window_from, window_to, zone, deadline, validity_s, total, begun, created, "
  "updated, "
  "state, started, running, done, failed, place, note) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
  "$12, "
  "$13, $14, $15, $16, $17, $18, $19, $20, $20, $20, 0, 0, 0, 0, 0, 0, '')")
S(BULK_BY_ID, "ii",
  "SELECT operation, service, state, job, version, choice, total, started, running, done, failed, "
  "per_minute, "
  "at_once, canary, canary_holds, stop_percent, judged_from, window_from, window_to, zone, deadline, "
  "validity_s, "
  "place, begun, created, updated, note FROM bulk WHERE id = $1 AND party = $2")
S(BULK_LIST, "iii", "SELECT id FROM bulk WHERE party = $1 AND id < $2 ORDER BY id DESC LIMIT $3")
S(BULK_STARTED, "iiiiiii",
  "UPDATE bulk SET started = started + $2, running = running + $3, done = done + $4, failed = failed + $5, "
  "place = $6, "
  "updated = $7 WHERE id = $1")
S(BULK_ENDED, "iiii",
  "UPDATE bulk SET running = running - 1, done = done + $2, failed = failed + $3, updated = $4 WHERE id = $1")
S(BULK_SET, "iiti", "UPDATE bulk SET state = $2, note = $3, updated = $4 WHERE id = $1")
S(BULK_ANEW, "ii", "UPDATE bulk SET begun = $2, started = 0 WHERE id = $1")
S(BULK_RESUME, "iii",
  "UPDATE bulk SET state = 0, job = $2, begun = $3, started = 0, canary_holds = 0, note = '', updated = $3 "
  "WHERE id = $1")
S(BULK_AGAIN, "i", "UPDATE bulk SET failed = 0, place = 0 WHERE id = $1")
S(BULK_WAKE, "ii",
  "UPDATE job SET due = $2 WHERE id = (SELECT job FROM bulk WHERE id = $1) AND state = 1 AND due > $2")
S(TARGET_ADD, "ii",
  "INSERT INTO bulk_target(bulk, instance, state, ord, failure) VALUES($1, $2, 0, 0, '') ON CONFLICT(bulk, "
  "instance) "
  "DO NOTHING")
S(TARGET_ADD_CHOSEN, "iiiiiitt",
  "INSERT INTO bulk_target(bulk, instance, state, ord, failure) SELECT $1, i.id, 0, 0, '' FROM "
  "service_instance i "
  "WHERE i.party = $2 AND i.service = $3 AND (i.state = $4 OR i.state = $5 OR $6 = 1) AND ($7 = '' OR "
  "i.profile = $7) "
  "AND ($8 = '' OR i.version = $8 OR (i.version = '' AND i.flavor IN (SELECT f.id FROM flavor f JOIN "
  "service_version v "
  "ON v.id = f.version WHERE v.service = $3 AND v.name = $8))) ORDER BY i.id")
S(TARGET_IS_OF, "iii", "SELECT 1 FROM service_instance WHERE id = $1 AND party = $2 AND service = $3")
S(TARGET_COUNT, "i", "SELECT COUNT(*) FROM bulk_target WHERE bulk = $1")
S(TARGET_NEXT, "iii",
  "SELECT instance FROM bulk_target WHERE bulk = $1 AND instance > $2 AND state = 0 ORDER BY instance LIMIT "
  "$3")
S(TARGET_SET, "iiiit",
  "UPDATE bulk_target SET state = $3, ord = $4, failure = $5 WHERE bulk = $1 AND instance = $2")
S(TARGET_ENDED, "iiiit",
  "UPDATE bulk_target SET state = $4, failure = $5 WHERE bulk = $1 AND instance = $2 AND ord = $3 AND state "
  "= 1")
S(TARGET_AGAIN, "i", "UPDATE bulk_target SET state = 0, ord = 0, failure = '' WHERE bulk = $1 AND state = 3")
S(TARGET_LIST, "iiii",
  "SELECT t.instance, t.state, t.ord, t.failure, COALESCE(i.se_kind, -1), COALESCE(i.se_ref, '') FROM "
  "bulk_target t "
  "LEFT JOIN service_instance i ON i.id = t.instance WHERE t.bulk = $1 AND t.instance > $2 AND ($3 < 0 OR "
  "t.state = "
  "$3) ORDER BY t.instance LIMIT $4")
S(FAILURE_COUNT, "it",
  "INSERT INTO bulk_failure(bulk, reason, n) VALUES($1, $2, 1) ON CONFLICT(bulk, reason) DO UPDATE SET n = "
  "bulk_failure.n + 1")
S(FAILURE_KNOWN, "it",
  "SELECT COUNT(*), COALESCE(SUM(CASE WHEN reason = $2 THEN 1 ELSE 0 END), 0) FROM bulk_failure WHERE bulk = "
  "$1")
S(FAILURE_LIST, "i", "SELECT reason, n FROM bulk_failure WHERE bulk = $1 ORDER BY n DESC, reason")
S(FAILURE_FORGET, "i", "DELETE FROM bulk_failure WHERE bulk = $1")
S(ORDER_SET_BULK, "ii", "UPDATE orders SET bulk = $2 WHERE id = $1")
S(ORDER_BULK, "i", "SELECT bulk, instance FROM orders WHERE id = $1")
S(INSTANCE_SET_PROFILE, "it", "UPDATE service_instance SET profile = $2 WHERE id = $1 AND profile <> $2")
S(VERSION_OF_SERVICE, "it", "SELECT id FROM service_version WHERE service = $1 AND name = $2")
/* What is over and old goes: first the targets, then the campaign itself. */
S(BULK_TARGET_OLD, "iii",
  "SELECT t.instance, t.bulk FROM bulk_target t WHERE t.bulk IN (SELECT id FROM bulk WHERE id < $1 AND state "
  ">= 2 AND "
  "running = 0 AND updated < $2) LIMIT $3")
S(BULK_TARGET_DELETE, "ii", "DELETE FROM bulk_target WHERE bulk = $1 AND instance = $2")
S(BULK_OLD, "iii",
  "SELECT b.id FROM bulk b WHERE b.id < $1 AND b.state >= 2 AND b.running = 0 AND b.updated < $2 AND NOT "
  "EXISTS "
  "(SELECT 1 FROM bulk_target t WHERE t.bulk = b.id) LIMIT $3")
S(BULK_DELETE, "i", "DELETE FROM bulk WHERE id = $1")

/* Customers who must be known before activation. */
S(VERIFICATION_SET, "iit",
  "INSERT INTO verification(party, service, body) VALUES($1, $2, $3) ON CONFLICT(party, service) DO UPDATE "
  "SET body = "
  "excluded.body")
S(VERIFICATION_GET, "ii", "SELECT body FROM verification WHERE party = $1 AND service = $2")
S(VERIFICATION_DELETE, "ii", "DELETE FROM verification WHERE party = $1 AND service = $2")
S(VERIFYING_SET, "iiiiiibbt",
  "INSERT INTO verifying(ord, party, job, method, tries, expires, salt, hash, body) VALUES($1, $2, $3, $4, "
  "$5, $6, $7, "
  "$8, $9) ON CONFLICT(ord) DO UPDATE SET method = excluded.method, tries = excluded.tries, expires = "
  "excluded.expires, salt = excluded.salt, hash = excluded.hash")
S(VERIFYING_GET, "ii",
  "SELECT job, method, tries, expires, salt, hash, body FROM verifying WHERE ord = $1 AND party = $2")
S(VERIFYING_TRIED, "i", "UPDATE verifying SET tries = tries - 1 WHERE ord = $1")
S(VERIFYING_END, "i", "DELETE FROM verifying WHERE ord = $1")
