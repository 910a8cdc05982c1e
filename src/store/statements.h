/* SPDX-License-Identifier: Apache-2.0 */
/* The statements: S(NAME, parameter letters, text). Letters: i number, t text, b bytes. One text for both
 * databases. */
S(SCHEMA_VERSION, "", "SELECT COALESCE(MAX(version), 0) FROM schema_migration")
S(SCHEMA_NAMES, "", "SELECT version, name FROM schema_migration ORDER BY version")
S(AUDIT_LAST, "", "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
/* 4194304: an id has 22 bits behind its milliseconds. */
S(STORE_NEWEST, "",
  "SELECT COALESCE(MAX(t), 0) FROM (SELECT MAX(id) / 4194304 * 1000 AS t FROM job UNION ALL "
  "SELECT at AS t FROM audit WHERE seq = (SELECT MAX(seq) FROM audit)) AS newest")
S(AUDIT_ADD, "iiibttb",
  "INSERT INTO audit(seq, party, at, trace, what, detail, hash) VALUES($1, $2, $3, $4, $5, $6, $7)")

/*
 * Jobs. States: 0 waiting 1 ready 2 claimed 3 sent 4 done 5 failed; kinds 1 and 2 are exchanges with an SE, 5
 * and 6 deliveries. Owner is the time of the claim * 1024 + node, so that who comes late changes nothing. A
 * query uses a partial index only if it repeats the index's condition word by word; the conditions have no
 * IN, since SQLite would build a temporary table for the list each time a row of the index changes.
 */
S(JOB_ADD, "iiiiiibtiiiibbb",
  "INSERT INTO job(id, bucket, kind, party, se, ref, trace, key, state, step, attempt, due, owner, deadline, "
  "body, progress, answer) "
  "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, 0, $12, $13, $14, $15)")
S(JOB_SE_IN_HAND, "i", "SELECT 1 FROM job WHERE se = $1 AND kind <= 2 AND state BETWEEN 1 AND 3 LIMIT 1")
S(JOB_CLAIM, "iiii",
  "UPDATE job SET state = 2, owner = $1, due = $2, attempt = attempt + 1 WHERE id IN "
  "(SELECT id FROM job WHERE state BETWEEN 1 AND 3 AND kind NOT BETWEEN 5 AND 6 AND due <= $3 ORDER BY due, "
  "id LIMIT $4) "
  "RETURNING id, kind, party, se, ref, trace, step, attempt, due, deadline, body, progress, answer")
S(JOB_NEXT_DUE, "",
  "SELECT due FROM job WHERE state BETWEEN 1 AND 3 AND kind NOT BETWEEN 5 AND 6 ORDER BY due, id LIMIT 1")
/* Deliveries of one kind, each receiver's apart: the next receiver behind $2 with its earliest one; one of it
 * taken. */
S(DELIVERY_NEXT, "ii",
  "SELECT se, due FROM job WHERE state BETWEEN 1 AND 3 AND kind BETWEEN 5 AND 6 AND kind = $1 AND se > $2 "
  "ORDER BY se, due, id LIMIT 1")
S(DELIVERY_CLAIM, "iiiii",
  "UPDATE job SET state = 2, owner = $1, due = $2, attempt = attempt + 1 WHERE id IN "
  "(SELECT id FROM job WHERE state BETWEEN 1 AND 3 AND kind BETWEEN 5 AND 6 AND kind = $4 AND se = $5 AND "
  "due "
  "<= $3 ORDER BY due, id LIMIT 1) "
  "RETURNING id, kind, party, se, ref, trace, step, attempt, due, deadline, body, progress, answer")
/* An answer that came while the job was in hand, or by its own commit, is not lost: the job is ready again at
 * once. What was asked of a job that is over is emptied with its end. */
S(JOB_UPDATE, "iiiiiibi",
  "UPDATE job SET state = CASE WHEN $3 = 3 AND length(answer) > 0 THEN 1 ELSE $3 END, step = $4, attempt = "
  "$5, due = CASE WHEN $3 = 3 AND length(answer) > 0 THEN $8 ELSE $6 END, progress = $7, "
  "body = CASE WHEN $3 > 3 AND length(body) > 0 THEN substr(body, 1, 0) ELSE body END WHERE id = $1 AND "
  "owner "
  "= $2 AND state = 2")
S(JOB_ANSWER_READ, "ib", "UPDATE job SET answer = $2 WHERE id = $1")
S(JOB_ANSWER, "ibi",
  "UPDATE job SET answer = $2, due = CASE WHEN state = 2 THEN due ELSE $3 END, state = CASE WHEN state = 2 "
  "THEN 2 ELSE 1 END "
  "WHERE id = $1 AND state BETWEEN 1 AND 3")
S(JOB_WAKE, "ii", "UPDATE job SET state = 1, due = $2 WHERE id = $1 AND state = 3")
/* A reply that its role wants also when it comes too late makes the finished job ready once more. */
S(JOB_REOPEN, "ibii",
  "UPDATE job SET state = 1, attempt = 0, answer = $2, due = $3, deadline = $4 WHERE id = $1 AND state > 3")
S(JOB_END, "ii",
  "UPDATE job SET state = $2, body = CASE WHEN length(body) > 0 THEN substr(body, 1, 0) ELSE body END WHERE "
  "id "
  "= $1 AND state BETWEEN 1 AND 3")
/* Work and deliveries apart, as their indexes are. */
S(JOB_TAKE_BACK, "ii",
  "UPDATE job SET due = $2 WHERE state BETWEEN 1 AND 3 AND kind NOT BETWEEN 5 AND 6 AND state = 2 AND owner "
  "% "
  "1024 = $1")
S(DELIVERY_TAKE_BACK, "ii",
  "UPDATE job SET due = $2 WHERE state BETWEEN 1 AND 3 AND kind BETWEEN 5 AND 6 AND state = 2 AND owner % "
  "1024 "
  "= $1")

/* Parties and their messages. Directions: 0 out, 1 in; states: 0 new, 1 delivered, 2 replied. */
S(PARTY_ADD, "itiitti",
  "INSERT INTO party(id, name, is_owner, is_provider, callback_url, partner_url, created) VALUES($1, $2, $3, "
  "$4, $5, $6, $7)")
S(PARTY_URL, "i", "SELECT partner_url FROM party WHERE id = $1")
S(PARTY_BY_NAME, "t",
  "SELECT id, is_owner, is_provider, callback_url, partner_url FROM party WHERE name = $1")
S(PARTY_BY_ID, "i", "SELECT name, callback_url, partner_url FROM party WHERE id = $1")
S(PARTY_OWNERS, "", "SELECT id, name FROM party WHERE is_owner = 1 ORDER BY id")
S(PARTY_SET, "tttii",
  "UPDATE party SET callback_url = $2, partner_url = $3, is_owner = $4, is_provider = $5 WHERE name = $1")
S(TOKEN_ADD, "bitit",
  "INSERT INTO access_token(hash, party, role, created, app) VALUES($1, $2, $3, $4, $5) ON CONFLICT(hash) DO "
  "NOTHING")
S(TOKEN_FIND, "b", "SELECT party, role, app FROM access_token WHERE hash = $1")
S(PARTNER_ADD, "iiiiitibiit",
  "INSERT INTO partner_message(id, direction, party, peer, verb, key, job, trace, state, at, body, reply) "
  "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '')")
S(PARTNER_BY_KEY, "iiit",
  "SELECT id, job, state, verb FROM partner_message WHERE direction = $1 AND party = $2 AND peer = $3 AND "
  "key = $4")
S(PARTNER_BY_ID, "i", "SELECT party, peer, key, state, trace, direction FROM partner_message WHERE id = $1")
S(PARTNER_REPLIED, "iit", "UPDATE partner_message SET state = $2, body = '', reply = $3 WHERE id = $1")
S(PARTNER_DELIVERED, "iii", "UPDATE partner_message SET state = $2 WHERE id = $1 AND state = $3")
S(PARTNER_LETTER, "i",
  "SELECT m.direction, m.verb, m.key, m.body, f.name, t.name, t.partner_url, m.reply FROM partner_message m "
  "JOIN party f ON f.id = m.party JOIN party t ON t.id = m.peer WHERE m.id = $1")

/* Timeline and usage. */
S(EVENT_ADD, "iibiitttt",
  "INSERT INTO event(id, party, trace, at, station, role, step, text, apdus) VALUES($1, $2, $3, $4, $5, $6, "
  "$7, $8, $9)")
S(USAGE_ADD, "iitbiti",
  "INSERT INTO usage(id, party, key, trace, at, what, units) VALUES($1, $2, $3, $4, $5, $6, $7) ON "
  "CONFLICT(key) DO NOTHING")

/* The provider's side. */
S(SERVICE_ADD, "iitt", "INSERT INTO service(id, party, name, body) VALUES($1, $2, $3, $4)")
S(SERVICE_BY_NAME, "it", "SELECT id, body FROM service WHERE party = $1 AND name = $2 ORDER BY id LIMIT 1")
S(SERVICE_BY_ID, "ii", "SELECT name, body FROM service WHERE id = $1 AND party = $2")
S(VERSION_ADD, "iiitit",
  "INSERT INTO service_version(id, party, service, name, state, body) VALUES($1, $2, $3, $4, $5, $6)")
S(FLAVOR_ADD, "iiitt", "INSERT INTO flavor(id, party, version, name, body) VALUES($1, $2, $3, $4, $5)")
S(FLAVOR_LIST, "ii",
  "SELECT f.id, f.name, f.body, COALESCE(e.tag, v.name) FROM flavor f JOIN service_version v ON v.id = "
  "f.version LEFT JOIN tr_entity e ON e.id = v.id WHERE v.service = $1 AND f.party = $2 ORDER BY v.rank "
  "DESC, "
  "f.id")
S(FLAVOR_BY_ID, "ii", "SELECT name, body FROM flavor WHERE id = $1 AND party = $2")
S(LOAD_FILE_ADD, "iibbbt",
  "INSERT INTO executable_load_file(id, party, aid, hash, content, body) VALUES($1, $2, $3, $4, $5, $6)")
S(LOAD_FILE_BY_AID, "ib",
  "SELECT id, hash, content, body FROM executable_load_file WHERE party = $1 AND aid = $2")
S(PERSO_SCRIPT_ADD, "iitt", "INSERT INTO perso_script(id, party, name, body) VALUES($1, $2, $3, $4)")
S(PERSO_SCRIPT_BY_NAME, "it", "SELECT id, body FROM perso_script WHERE party = $1 AND name = $2")
S(INSTANCE_ADD, "iiiiitibbi",
  "INSERT INTO service_instance(id, party, service, flavor, se_kind, se_ref, domain, aid, dedup, state) "
  "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
S(INSTANCE_FIND, "iiit",
  "SELECT id, state FROM service_instance WHERE party = $1 AND service = $2 AND se_kind = $3 AND se_ref = $4")
S(INSTANCE_BY_ID, "ii",
  "SELECT service, flavor, se_kind, se_ref, domain, aid, state, element, done, version, last_operation, "
  "uuid FROM service_instance WHERE id = $1 AND party = $2")
S(INSTANCE_OF_ELEMENT, "iit",
  "SELECT id FROM service_instance WHERE party = $1 AND service = $2 AND element = $3 AND element <> ''")
S(INSTANCE_SET_ELEMENT, "it", "UPDATE service_instance SET element = $2 WHERE id = $1")
S(INSTANCE_SET_STATE, "ii", "UPDATE service_instance SET state = $2 WHERE id = $1")
S(INSTANCE_SET_DOMAIN, "iiib", "UPDATE service_instance SET domain = $2, flavor = $3, aid = $4 WHERE id = $1")
S(INSTANCE_SET_DEDUP, "ib", "UPDATE service_instance SET dedup = $2 WHERE id = $1")
S(INSTANCE_BY_DEDUP, "ib", "SELECT id FROM service_instance WHERE party = $1 AND dedup = $2")
S(INSTANCE_DELETE, "i", "DELETE FROM service_instance WHERE id = $1")
S(ORDER_ADD, "iitiittitbtbbitiii",
  "INSERT INTO orders(id, party, client_ref, operation, instance, service, flavor, se_kind, se_ref, trace, "
  "session, digest, data, state, "
  "failure, created, updated, deadline) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
  "$15, $16, $17, $18)")
S(ORDER_BY_ID, "ii",
  "SELECT operation, instance, service, flavor, se_kind, se_ref, trace, session, state, failure, created, "
  "updated, deadline, commands, version, start_state, end_state, started, ended, given_up, "
  "installation "
  "FROM orders WHERE id = $1 AND party = $2")
S(ORDER_BY_REF, "it", "SELECT id, digest FROM orders WHERE party = $1 AND client_ref = $2")
S(ORDER_LIST, "iii", "SELECT id FROM orders WHERE party = $1 AND id < $2 ORDER BY id DESC LIMIT $3")
S(ORDER_DATA, "i", "SELECT data FROM orders WHERE id = $1")
S(ORDER_DATA_GONE, "ib", "UPDATE orders SET data = $2 WHERE id = $1")
S(ORDER_RUNNING, "iiii", "UPDATE orders SET state = $2, updated = $3, step = $4 WHERE id = $1 AND state < 2")
S(ORDER_END, "iitib",
  "UPDATE orders SET state = $2, failure = $3, updated = $4, data = $5 WHERE id = $1 AND state < 2")
S(ORDER_SET_FLAVOR, "it", "UPDATE orders SET flavor = $2 WHERE id = $1")
S(ORDER_INSTALLATION, "it", "UPDATE orders SET installation = $2 WHERE id = $1")
S(ORDER_GIVE_UP, "iii", "UPDATE orders SET given_up = $3 WHERE id = $1 AND party = $2 AND state < 2")
S(ORDER_GIVEN_UP, "i", "SELECT given_up FROM orders WHERE id = $1")
S(ORDER_JOB, "ii", "SELECT state, step, progress FROM job WHERE id = $1 AND party = $2 AND kind = 3")
S(ORDER_RUNNING_ON, "ii", "SELECT id FROM orders WHERE party = $1 AND instance = $2 AND state < 2 LIMIT 1")

/* The owner's registry. */
S(PROFILE_ADD, "itt",
  "INSERT INTO se_profile(id, name, body) VALUES($1, $2, $3) ON CONFLICT(name) DO UPDATE SET body = "
  "excluded.body")
S(PROFILE_BY_NAME, "t", "SELECT id, body FROM se_profile WHERE name = $1")
S(SE_ADD, "iiittti",
  "INSERT INTO se(id, owner, profile, iccid, seid, msisdn, state) VALUES($1, $2, $3, $4, $5, $6, $7)")
S(SE_OWNER_BY_ICCID, "t", "SELECT id, owner FROM se WHERE iccid = $1")
S(SE_OWNER_BY_SEID, "t", "SELECT id, owner FROM se WHERE seid = $1")
S(SE_BY_ICCID, "ti",
  "SELECT s.id, s.profile, s.iccid, s.seid, s.msisdn, s.state, p.body FROM se s JOIN se_profile p ON p.id = "
  "s.profile "
  "WHERE s.iccid = $1 AND s.owner = $2")
S(SE_BY_SEID, "ti",
  "SELECT s.id, s.profile, s.iccid, s.seid, s.msisdn, s.state, p.body FROM se s JOIN se_profile p ON p.id = "
  "s.profile "
  "WHERE s.seid = $1 AND s.owner = $2")
S(SE_BY_MSISDN, "ti",
  "SELECT s.id, s.profile, s.iccid, s.seid, s.msisdn, s.state, p.body FROM se s JOIN se_profile p ON p.id = "
  "s.profile "
  "WHERE s.msisdn = $1 AND s.owner = $2")
S(KEYSET_ADD, "iiiiiib",
  "INSERT INTO keyset(domain, party, protocol, kvn, id, state, sealed) VALUES($1, $2, $3, $4, $5, $6, $7)")
S(KEYSET_GET, "iiii",
  "SELECT id, state, sealed FROM keyset WHERE domain = $1 AND party = $2 AND protocol = $3 AND kvn = $4")
S(KEYSET_SET_STATE, "iiiii",
  "UPDATE keyset SET state = $5 WHERE domain = $1 AND party = $2 AND protocol = $3 AND kvn = $4")
S(KEYSET_DELETE, "iiii", "DELETE FROM keyset WHERE domain = $1 AND party = $2 AND protocol = $3 AND kvn = $4")
S(KEYSET_DELETE_ALL, "ii", "DELETE FROM keyset WHERE domain = $1 AND party = $2")
/* Taken by two statements: RETURNING would build a temporary table for each counter. */
S(COUNTER_TAKE, "i",
  "INSERT INTO counter(keyset, next) VALUES($1, 2) ON CONFLICT(keyset) DO UPDATE SET next = counter.next + 1")
S(COUNTER_TAKEN, "i", "SELECT next - 1 FROM counter WHERE keyset = $1")
S(DOMAIN_ADD, "iiibiiiii",
  "INSERT INTO security_domain(id, party, se, aid, parent, tar, holder, mode, state) VALUES($1, $2, $3, $4, "
  "$5, $6, $7, $8, $9)")
S(DOMAIN_BY_AID, "iib",
  "SELECT id, tar, holder, state, mode, parent, privileges, nonvolatile, volatile_room, dap, delegates, "
  "hand_over FROM security_domain WHERE se = $1 AND party = $2 AND aid = $3")
S(DOMAIN_BY_ID, "i",
  "SELECT se, aid, tar, holder, state, party, mode, dap, hand_over FROM security_domain WHERE id = $1")
S(DOMAIN_SET, "iii", "UPDATE security_domain SET state = $2, tar = $3 WHERE id = $1")
S(DOMAIN_DELETE, "i", "DELETE FROM security_domain WHERE id = $1")
S(DOMAIN_TARS, "i", "SELECT tar FROM security_domain WHERE se = $1")
/* A row is made when the card may have the object (bytes 0, state 0) and completed when it has it for
 * certain; a refusal takes only the first kind away. */
S(EXECUTABLE_ADD, "iiibbi",
  "INSERT INTO executable(id, se, domain, aid, hash, bytes) VALUES($1, $2, $3, $4, $5, $6) ON CONFLICT(se, "
  "aid) DO "
  "UPDATE SET bytes = CASE WHEN excluded.bytes > 0 THEN excluded.bytes ELSE executable.bytes END")
S(EXECUTABLE_FORGET, "ib", "DELETE FROM executable WHERE se = $1 AND aid = $2 AND bytes = 0")
S(EXECUTABLE_BY_AID, "ib", "SELECT id, domain, hash FROM executable WHERE se = $1 AND aid = $2")
S(EXECUTABLE_DELETE, "ib", "DELETE FROM executable WHERE se = $1 AND aid = $2")
S(APPLICATION_ADD, "iiiibi",
  "INSERT INTO application(id, se, domain, executable, aid, state) VALUES($1, $2, $3, $4, $5, $6) ON "
  "CONFLICT(se, aid) "
  "DO UPDATE SET state = CASE WHEN excluded.state > 0 THEN excluded.state ELSE application.state END")
S(APPLICATION_FORGET, "ib", "DELETE FROM application WHERE se = $1 AND aid = $2 AND state = 0")
S(APPLICATION_BY_AID, "ib", "SELECT id, domain FROM application WHERE se = $1 AND aid = $2")
S(APPLICATION_DELETE, "ib", "DELETE FROM application WHERE se = $1 AND aid = $2")
S(BOOKING_SUM, "ii",
  "SELECT COALESCE(SUM(bytes), 0) FROM space_booking WHERE se = $1 AND (expires = 0 OR expires > $2)")
/* What is committed has no end, whoever books the same again. */
S(BOOKING_SET, "iiitii",
  "INSERT INTO space_booking(id, se, provider, ref, bytes, expires) VALUES($1, $2, $3, $4, $5, $6) "
  "ON CONFLICT(se, provider, ref) DO UPDATE SET bytes = excluded.bytes, expires = CASE WHEN "
  "space_booking.expires = 0 THEN 0 ELSE excluded.expires END")
S(BOOKING_GET, "iit",
  "SELECT bytes, expires, id FROM space_booking WHERE se = $1 AND provider = $2 AND ref = $3")
S(BOOKING_DELETE, "iit", "DELETE FROM space_booking WHERE se = $1 AND provider = $2 AND ref = $3")
S(COUNTER_JUMP, "ii", "UPDATE counter SET next = next + $2 WHERE keyset = $1")

#include "store/statements/conversation.h"
#include "store/statements/content.h"
#include "store/statements/inventory.h"
#include "store/statements/care.h"
#include "store/statements/retention.h"
#include "store/statements/modes.h"
#include "store/statements/sptsm.h"
#include "store/statements/prep.h"
#include "store/statements/life.h"
#include "store/statements/tsmapi.h"
#include "store/statements/flavor.h"
#include "store/statements/spos.h"
#include "store/statements/bulk.h"
#include "store/statements/exchange.h"
#include "store/statements/scripts.h"
#include "store/statements/art.h"
