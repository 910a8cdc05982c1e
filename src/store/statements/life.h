/* SPDX-License-Identifier: Apache-2.0 */
/* The life cycle of service instances, as TR-03165 3.2.2 has it. Letters as in statements.h. */
S(LIFE_INSTANCE, "ii",
  "SELECT i.service, i.flavor, i.se_kind, i.se_ref, i.state, i.done, i.version, i.last_operation, "
  "COALESCE(f.removed, 0), s.name, COALESCE(f.name, '') FROM service_instance i JOIN service s ON s.id = "
  "i.service LEFT JOIN flavor f ON f.id = i.flavor WHERE i.id = $1 AND i.party = $2")
S(LIFE_SET_DONE, "ii", "UPDATE service_instance SET done = $2 WHERE id = $1")
S(LIFE_SET_VERSION, "it", "UPDATE service_instance SET version = $2 WHERE id = $1")
S(LIFE_SET_LAST, "ii", "UPDATE service_instance SET last_operation = $2 WHERE id = $1")
S(LIFE_ORDER_WISH, "iit", "UPDATE orders SET commands = $2, version = $3 WHERE id = $1")
S(LIFE_ORDER_BEGAN, "iii", "UPDATE orders SET started = $2, start_state = $3 WHERE id = $1 AND started = 0")
S(LIFE_ORDER_ENDED, "iii", "UPDATE orders SET ended = $2, end_state = $3 WHERE id = $1")
S(LIFE_ORDER, "ii",
  "SELECT commands, version, start_state, end_state, started, ended FROM orders WHERE id = $1 AND party = $2")
/* A version by its tag: as the administration interface has it, or as the service was given. */
S(LIFE_VERSION, "iit",
  "SELECT v.id FROM service_version v LEFT JOIN tr_entity e ON e.id = v.id WHERE v.service = $1 AND v.party "
  "= "
  "$2 AND COALESCE(e.tag, v.name) = $3 ORDER BY v.id LIMIT 1")
/* Flavors of a version that serve a profile; profiles that are no entities here stand in the flavor alone. */
S(LIFE_FLAVORS, "iitt",
  "SELECT f.id, f.name, f.body, $3 FROM service_version v LEFT JOIN tr_entity e ON e.id = v.id JOIN flavor f "
  "ON f.removed = 0 AND (f.version = v.id OR f.id IN (SELECT p.one FROM tr_pair p WHERE p.source = v.id)) "
  "WHERE v.service = $1 AND f.party = $2 AND COALESCE(e.tag, v.name) = $3 AND (f.id IN (SELECT p.one FROM "
  "tr_pair p JOIN se_profile s ON s.id = p.two WHERE p.source = v.id AND s.name = $4) OR NOT EXISTS (SELECT "
  "1 "
  "FROM se_profile s JOIN tr_entity t ON t.id = s.id WHERE s.name = $4)) ORDER BY f.id")
S(LIFE_FLAVOR_REMOVED, "i", "UPDATE flavor SET version = 0, removed = 1 WHERE id = $1")
S(LIFE_FLAVOR_UNUSED, "ii",
  "DELETE FROM flavor WHERE id = $1 AND party = $2 AND removed = 1 AND NOT EXISTS (SELECT 1 FROM "
  "service_instance i WHERE i.party = $2 AND i.flavor = $1)")
