/* SPDX-License-Identifier: Apache-2.0 */
/* Orders that personalise by scripts: inputs, the card's key, results. A blob is given as the last parameter
 * where it begins empty. */
S(SCRIPT_ROW, "i", "SELECT inputs, card_key, results FROM order_script WHERE order_id = $1")
S(SCRIPT_INPUTS, "ibb",
  "INSERT INTO order_script(order_id, inputs, card_key, results) VALUES($1, $2, $3, '') ON "
  "CONFLICT(order_id) "
  "DO UPDATE SET inputs = excluded.inputs")
S(SCRIPT_CARD_KEY, "ibb",
  "INSERT INTO order_script(order_id, inputs, card_key, results) VALUES($1, $3, $2, '') ON "
  "CONFLICT(order_id) "
  "DO UPDATE SET card_key = excluded.card_key")
S(SCRIPT_RESULTS, "itb",
  "INSERT INTO order_script(order_id, inputs, card_key, results) VALUES($1, $3, $3, $2) ON "
  "CONFLICT(order_id) "
  "DO UPDATE SET results = excluded.results")
S(SCRIPT_ENDED, "ib", "UPDATE order_script SET inputs = $2, card_key = $2 WHERE order_id = $1")
S(SCRIPT_DELETE, "i",
  "DELETE FROM order_script WHERE order_id = $1 AND EXISTS (SELECT 1 FROM orders WHERE id = $1 AND state > "
  "1)")
/* A name is begun (state 0) before the token gets its key, and its own (state 1) when the token has it. */
S(KEY_NAME_BEGIN, "itttttiti",
  "INSERT INTO key_name(party, name, usage, algorithm, mode, exportability, bits, kcv, at, state) VALUES($1, "
  "$2, $3, $4, $5, $6, $7, $8, $9, 0)")
S(KEY_NAME_MADE, "it", "UPDATE key_name SET state = 1 WHERE party = $1 AND name = $2 AND state = 0")
S(KEY_NAME_FREE, "it", "DELETE FROM key_name WHERE party = $1 AND name = $2 AND state = 0")
S(KEY_NAME_BEGUN, "i",
  "SELECT name, usage, kcv FROM key_name WHERE party = $1 AND state = 0 ORDER BY name LIMIT 1")
S(KEY_NAME_LIST, "i",
  "SELECT name, usage, algorithm, mode, exportability, bits, kcv, at FROM key_name WHERE party = $1 AND "
  "state = 1 ORDER BY name")
S(KEY_NAME_GET, "it",
  "SELECT name, usage, algorithm, mode, exportability, bits, kcv, at FROM key_name WHERE party = $1 AND name "
  "= $2 AND state = 1")
