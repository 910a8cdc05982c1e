/* SPDX-License-Identifier: Apache-2.0 */
/* The device interface of TR-03165 clause 4.2: as statements.h. Each reads what its method needs; none writes
 * to a type of clause 4.1.4. Kinds of tr_entity as in sptsm.h. */
S(TSMAPI_SERVICE, "ti", "SELECT id, body, uid FROM tr_entity WHERE uid = $1 AND party = $2 AND kind = 2")
S(TSMAPI_SERVICE_BY_ID, "ii", "SELECT id, body, uid FROM tr_entity WHERE id = $1 AND party = $2 AND kind = 2")
S(TSMAPI_VERSIONS, "i",
  "SELECT id, tag FROM tr_entity WHERE parent = $1 AND parent <> 0 AND kind = 3 ORDER BY id DESC")
/* The published flavors of a version; last column: it has the profile of this name. Where the profile is no
 * entity here, the flavor's own list says so. */
S(TSMAPI_FLAVORS, "it",
  "SELECT f.id, f.name, f.body, EXISTS(SELECT 1 FROM tr_pair p JOIN se_profile s ON s.id = p.two WHERE "
  "p.source "
  "= $1 AND p.one = f.id AND s.name = $2), EXISTS(SELECT 1 FROM se_profile s JOIN tr_entity e ON e.id = s.id "
  "WHERE s.name = $2) FROM tr_link l JOIN flavor f ON f.id = l.target WHERE l.source = $1 AND f.removed = 0 "
  "ORDER BY f.id")
S(TSMAPI_FLAVOR, "ii", "SELECT uid, body FROM tr_entity WHERE id = $1 AND party = $2 AND kind = 4")
S(TSMAPI_PROFILE_UID, "t",
  "SELECT e.uid FROM se_profile p JOIN tr_entity e ON e.id = p.id WHERE p.name = $1 AND e.kind = 5")
S(TSMAPI_INSTANCE, "ti",
  "SELECT id, service, flavor, state, version, last_operation, se_kind, se_ref, uuid, profile FROM "
  "service_instance WHERE uuid = $1 AND uuid <> '' AND party = $2")
S(TSMAPI_INSTANCE_BY_ID, "ii",
  "SELECT id, service, flavor, state, version, last_operation, se_kind, se_ref, uuid, profile FROM "
  "service_instance WHERE id = $1 AND party = $2")
S(TSMAPI_INSTANCE_UUID, "i", "SELECT uuid FROM service_instance WHERE id = $1")
S(TSMAPI_INSTANCE_NAME, "it", "UPDATE service_instance SET uuid = $2 WHERE id = $1 AND uuid = ''")
S(TSMAPI_INSTANCE_MADE, "itt", "UPDATE service_instance SET version = $2, profile = $3 WHERE id = $1")
S(TSMAPI_PROCESS_ADD, "iittitiitttiib",
  "INSERT INTO tsm_process(id, party, uuid, caller, instance, instance_uuid, operation, commands, version, "
  "data, reader, start_by, begun, inputs, state, order_id, status, details, ended) VALUES($1, $2, $3, $4, "
  "$5, "
  "$6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0, 0, '', 0)")
S(TSMAPI_PROCESS_INSTALLATION, "it", "UPDATE tsm_process SET installation = $2 WHERE id = $1")
S(TSMAPI_PROCESS, "tit",
  "SELECT id, instance, instance_uuid, operation, commands, version, data, reader, state, order_id, status, "
  "details, start_by, begun, ended, inputs, installation FROM tsm_process WHERE uuid = $1 AND party = $2 AND "
  "($3 = '' OR "
  "caller = $3)")
S(TSMAPI_PROCESS_STARTED, "iii",
  "UPDATE tsm_process SET state = 1, order_id = $2, data = '', inputs = CASE WHEN length(inputs) > 0 THEN "
  "substr(inputs, 1, 0) ELSE inputs END, begun = $3 WHERE id = $1 AND state = 0")
S(TSMAPI_PROCESS_OVER, "iiti",
  "UPDATE tsm_process SET state = 2, status = $2, details = $3, ended = $4, data = '', inputs = CASE WHEN "
  "length(inputs) > 0 THEN substr(inputs, 1, 0) ELSE inputs END WHERE id = $1 AND state = 0")
/* Of an instance: the last one, and those that wait, which another one replaces. */
S(TSMAPI_PROCESS_LAST, "i",
  "SELECT p.uuid, p.caller, p.state, p.start_by, COALESCE(o.state, 9) FROM tsm_process p LEFT JOIN orders o "
  "ON "
  "o.id = p.order_id WHERE p.instance = $1 ORDER BY p.id DESC LIMIT 1")
S(TSMAPI_PROCESS_REPLACED, "iti",
  "UPDATE tsm_process SET state = 2, status = 6, details = $2, ended = $3, data = '', inputs = CASE WHEN "
  "length(inputs) > 0 THEN substr(inputs, 1, 0) ELSE inputs END WHERE instance = $1 AND "
  "state = 0")
/* What waits at $1 and what runs: of the party $2, and of all where none counts more than its share $3. Each
 * party's rows are counted in the indexes orders_running and tsm_process_party, and no further than its
 * share. */
S(TSMAPI_PROCESS_LOAD, "iii",
  "SELECT COALESCE(SUM(CASE WHEN id = $2 THEN n ELSE 0 END), 0), COALESCE(SUM(CASE WHEN n > $3 THEN $3 ELSE "
  "n "
  "END), 0) FROM (SELECT p.id, (SELECT COUNT(*) FROM (SELECT 1 FROM orders o WHERE o.party = p.id AND "
  "o.state < "
  "2 LIMIT $3) AS running) + (SELECT COUNT(*) FROM (SELECT 1 FROM tsm_process w WHERE w.party = p.id AND "
  "w.state = 0 AND w.start_by > $1 LIMIT $3) AS waiting) AS n FROM party p LIMIT 1000000) AS each")
S(TSMAPI_PROCESS_OLD, "i", "DELETE FROM tsm_process WHERE state = 2 AND ended < $1 AND order_id = 0")
S(TSMAPI_PROCESS_LATE, "it",
  "UPDATE tsm_process SET state = 2, status = 6, details = $2, ended = start_by, data = '', inputs = CASE "
  "WHEN length(inputs) > 0 THEN substr(inputs, 1, 0) ELSE inputs END WHERE state = 0 AND "
  "start_by <= $1")
S(TSMAPI_PROCESS_GONE, "i", "DELETE FROM tsm_process WHERE order_id = $1 AND order_id <> 0")
S(TSMAPI_ORDER_AT, "i", "SELECT step FROM orders WHERE id = $1")
