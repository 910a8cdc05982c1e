/* SPDX-License-Identifier: Apache-2.0 */
/* Process results for the service provider's online system: as statements.h. Kinds of tr_entity as in
 * sptsm.h: 2 Service, 10 Certificate, 11 SposConfig. Job kind 6 is a delivery. */
S(SPOS_CONFIG_OF, "ii", /* of a service: receiver, the service's own id */
  "SELECT c.id, s.uid FROM tr_entity s JOIN tr_link l ON l.source = s.id JOIN tr_entity c ON c.id = l.target "
  "WHERE s.id = $1 AND s.party = $2 AND s.kind = 2 AND c.kind = 11 LIMIT 1")
S(SPOS_TAG_OF_FLAVOR, "i",
  "SELECT v.tag FROM tr_link l JOIN tr_entity v ON v.id = l.source LEFT JOIN service_version w ON w.id = "
  "v.id "
  "WHERE l.target = $1 AND v.kind = 3 ORDER BY w.rank DESC, v.id DESC LIMIT 1")
S(SPOS_NEWEST_TAG, "i",
  "SELECT name FROM service_version WHERE service = $1 ORDER BY rank DESC, id DESC LIMIT 1")
S(SPOS_NAME_INSTANCE, "it", "UPDATE service_instance SET uuid = $2 WHERE id = $1 AND uuid = ''")
S(SPOS_ADD, "iiiibit",
  "INSERT INTO process_result(id, party, config, instance, trace, state, attempt, due, at, error, body) "
  "SELECT "
  "$1, $2, $3, $4, $5, 0, 0, COALESCE((SELECT MAX(due) FROM process_result WHERE config = $3 AND instance = "
  "$4 "
  "AND state = 0 AND due > $6), $6), $6, '', $7")
S(SPOS_RECEIVER_ADD, "ii",
  "INSERT INTO spos_receiver(config, party, since, taken, error) VALUES($1, $2, 0, 0, '') ON "
  "CONFLICT(config) DO NOTHING")
S(SPOS_JOB_OF, "i",
  "SELECT id FROM job WHERE state BETWEEN 1 AND 3 AND kind BETWEEN 5 AND 6 AND kind = 6 AND se = $1 LIMIT 1")
/* A receiver that is reached hears of a new result at once; one that is not keeps its delay. */
S(SPOS_JOB_NOW, "ii", "UPDATE job SET due = $2 WHERE id = $1 AND state = 1 AND attempt = 0 AND due > $2")
S(SPOS_JOB_AGAIN, "ii",
  "UPDATE job SET due = $2, attempt = 0 WHERE state BETWEEN 1 AND 3 AND kind BETWEEN 5 AND 6 AND kind = 6 "
  "AND "
  "se = $1 AND state = 1")

/* The receiver: where it listens, and the certificate that it must prove. */
S(SPOS_TARGET, "ib",
  "SELECT c.body, COALESCE(f.content, $2) FROM tr_entity c LEFT JOIN tr_link l ON l.source = c.id LEFT JOIN "
  "tr_file f ON f.entity = l.target WHERE c.id = $1 AND c.kind = 11 LIMIT 1")
/* The oldest of each instance, when it is due; in the order of ids, so that a long queue is not sorted for
 * its first few. */
S(SPOS_HEADS, "iii",
  "SELECT r.id, r.trace, r.attempt, r.body FROM process_result r WHERE r.config = $1 AND r.state = 0 AND "
  "+r.due <= $2 AND NOT EXISTS (SELECT 1 FROM process_result o WHERE o.config = r.config AND o.instance = "
  "r.instance AND o.state = 0 AND o.id < r.id) ORDER BY r.id LIMIT $3")
S(SPOS_NEXT_DUE, "i", "SELECT due FROM process_result WHERE config = $1 AND state = 0 ORDER BY due LIMIT 1")
S(SPOS_TAKEN, "ii", "UPDATE process_result SET state = 1, at = $2, error = '' WHERE id = $1 AND state = 0")
S(SPOS_REFUSED, "iiit",
  "UPDATE process_result SET attempt = $2, due = $3, error = $4 WHERE id = $1 AND state = 0")
/* Those behind it wait as long. */
S(SPOS_BEHIND, "iii",
  "UPDATE process_result SET due = $3 WHERE config = $1 AND instance = (SELECT instance FROM process_result "
  "WHERE id = $2) AND state = 0 AND due < $3")
S(SPOS_GIVE_UP, "iit",
  "UPDATE process_result SET state = 2, at = $2, error = $3 WHERE config = $1 AND state = 0")
S(SPOS_RECEIVER_UP, "ii",
  "UPDATE spos_receiver SET since = 0, taken = CASE WHEN $2 > 0 THEN $2 ELSE taken END, error = '' WHERE "
  "config = $1")
S(SPOS_RECEIVER_DOWN, "iit",
  "UPDATE spos_receiver SET since = CASE WHEN since = 0 THEN $2 ELSE since END, error = $3 WHERE config = $1")
S(SPOS_RECEIVER_GONE, "i", "DELETE FROM spos_receiver WHERE config = $1")

/* What a party looks at: its own, $1. */
S(SPOS_RECEIVERS, "i",
  "SELECT v.config, p.name, COALESCE(c.uid, ''), COALESCE(c.body, ''), v.since, v.taken, v.error, (SELECT "
  "COUNT(*) FROM process_result r WHERE r.config = v.config AND r.state = 0), (SELECT COUNT(*) FROM "
  "process_result r WHERE r.config = v.config AND r.state = 0 AND r.attempt > 0), COALESCE((SELECT "
  "MIN(j.due) "
  "FROM job j WHERE j.state BETWEEN 1 AND 3 AND j.kind BETWEEN 5 AND 6 AND j.kind = 6 AND j.se = v.config), "
  "0) "
  "FROM spos_receiver v JOIN party p ON p.id = v.party LEFT JOIN tr_entity c ON c.id = v.config WHERE "
  "v.party = $1 ORDER BY v.config")
S(SPOS_LIST, "iiii",
  "SELECT id, state, attempt, due, at, error, body, trace FROM process_result WHERE party = $1 AND id < $2 "
  "AND "
  "$3 IN (-1, state) ORDER BY id DESC LIMIT $4")
S(SPOS_WAITING_OF, "i",
  "SELECT v.config FROM spos_receiver v WHERE v.party = $1 AND EXISTS (SELECT 1 FROM "
  "process_result r WHERE r.config = v.config AND r.state = 0) ORDER BY v.config LIMIT 1000")
S(SPOS_DUE_NOW, "ii", "UPDATE process_result SET due = $2 WHERE config = $1 AND state = 0 AND due > $2")
S(SPOS_COUNTS, "",
  "SELECT (SELECT COUNT(*) FROM process_result WHERE state = 0), (SELECT COUNT(*) FROM spos_receiver WHERE "
  "since <> 0)")
S(SPOS_OLD, "iii",
  "SELECT id FROM process_result WHERE id < $1 AND state > 0 AND at < $2 ORDER BY id LIMIT $3")
S(SPOS_DELETE, "i", "DELETE FROM process_result WHERE id = $1 AND state > 0")
