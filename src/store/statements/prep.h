/* SPDX-License-Identifier: Apache-2.0 */
/* Data preparation: the order that a card record was given in before. */
S(PREP_ORDER_OF, "ii",
  "SELECT o.id, o.data, i.dedup, i.element FROM orders o JOIN service_instance i ON i.id = o.instance WHERE "
  "o.instance = $1 AND o.operation = $2 AND o.state <= 2 ORDER BY o.id DESC LIMIT 1")
