-- SPDX-License-Identifier: Apache-2.0
-- What an order that personalises keeps beside its card data: inputs of a script, the card's own key pair, what the script told.

CREATE TABLE order_script (
  order_id @ID@ NOT NULL PRIMARY KEY,
  inputs @BLOB@ NOT NULL,                  -- personalizationData, sealed; emptied when the order ends
  card_key @BLOB@ NOT NULL,                -- made once an order, sealed; emptied when it ends
  results @TEXT@ NOT NULL) @STRICT@;       -- JSON list of {tag, command, response} (TR-03165 4.2.3.12)

CREATE TABLE key_name (                    -- keys of a provider's token by name: what may be known of them, never a value
  party @I64@ NOT NULL,
  name @TEXT@ NOT NULL,
  usage @TEXT@ NOT NULL,                   -- two letters of ANSI X9.143; empty: it came without a block, or is a pair
  algorithm @TEXT@ NOT NULL,
  mode @TEXT@ NOT NULL,
  exportability @TEXT@ NOT NULL,
  bits @I64@ NOT NULL,
  kcv @TEXT@ NOT NULL,
  at @I64@ NOT NULL,
  PRIMARY KEY(party, name)) @STRICT@;
